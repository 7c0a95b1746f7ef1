using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;

namespace Connectivity.Projections;

/// <summary>
/// Tells every host on the database of what has changed, by PostgreSQL's notifications: they are sent with the commit, and arrive after it.
/// </summary>
internal static class Notifications
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    /// <summary>SQL that announces in the transaction that makes the change; its two parameters are the channel and <see cref="Payload"/>.</summary>
    public const string AnnounceSql = "select pg_notify($1, $2)";

    public static string Payload<T>(T change) => JsonSerializer.Serialize(change);

    /// <summary>
    /// The changes announced from now on, until cancelled. <paramref name="listening"/> is called whenever listening has begun, also again
    /// after the connection was lost: what was announced in between was not heard.
    /// </summary>
    public static async IAsyncEnumerable<T> ListenAsync<T>(
        NpgsqlDataSource dataSource, string channel, Func<Task> listening, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var heard = new Queue<T>();
        connection.Notification += (_, notification) => heard.Enqueue(JsonSerializer.Deserialize<T>(notification.Payload)!);
        await using (var listen = new NpgsqlCommand($"listen {channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await listening();
        while (true)
        {
            while (heard.TryDequeue(out var change)) yield return change;
            // A quiet connection is asked for a sign of life: one that died silently would be waited on for ever.
            if (!await connection.WaitAsync(LongestSilence, cancellationToken))
            {
                await using var ping = new NpgsqlCommand("select 1", connection);
                await ping.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
