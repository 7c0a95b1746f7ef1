using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectivity.Domain;
using Npgsql;

namespace Connectivity.Projections.Registry;

/// <summary>
/// Lives that have just begun: of one thing that was created, or of all things of an account whose indexing was turned on. Each
/// gateway then reports the connections it holds open for them.
/// </summary>
/// <param name="ThingName">Null for all things of the account.</param>
public sealed record BegunLife(Account Account, string? ThingName);

/// <summary>
/// Tells every host on the database of lives that begin, by PostgreSQL's notifications: they are sent with the commit that begins the
/// life, and arrive after it.
/// </summary>
public sealed class BegunLives(NpgsqlDataSource dataSource)
{
    private const string Channel = "connectivity_begun_lives";

    /// <summary>SQL that announces a life in the transaction that begins it; its one parameter is <see cref="Payload"/>.</summary>
    internal const string AnnounceSql = $"select pg_notify('{Channel}', $1)";

    internal static string Payload(BegunLife life) => JsonSerializer.Serialize(life);

    /// <summary>
    /// The lives that begin from now on, until cancelled. <paramref name="listening"/> is called whenever listening has begun, also again after the
    /// connection was lost: what began in between was not heard.
    /// </summary>
    public async IAsyncEnumerable<BegunLife> ListenAsync(
        Func<Task> listening, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var heard = new Queue<BegunLife>();
        connection.Notification += (_, notification) =>
            heard.Enqueue(JsonSerializer.Deserialize<BegunLife>(notification.Payload)!);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await listening();
        while (true)
        {
            while (heard.TryDequeue(out var life)) yield return life;
            // A quiet connection is asked for a sign of life: one that died silently would be waited on for ever.
            if (!await connection.WaitAsync(TimeSpan.FromSeconds(15), cancellationToken))
            {
                await using var ping = new NpgsqlCommand("select 1", connection);
                await ping.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
