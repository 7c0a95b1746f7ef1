using Connectivity.Domain;
using Npgsql;

namespace Connectivity.Projections.Registry;

/// <summary>
/// Lives that have just begun: of one thing that was created, or of all things of an account whose indexing was turned on. Each
/// gateway then reports the connections it holds open for them.
/// </summary>
/// <param name="ThingName">Null for all things of the account.</param>
public sealed record BegunLife(Account Account, string? ThingName);

/// <summary>Tells every host on the database of lives that begin.</summary>
public sealed class BegunLives(NpgsqlDataSource dataSource)
{
    internal const string Channel = "connectivity_begun_lives";

    /// <inheritdoc cref="Notifications.ListenAsync{T}"/>
    public IAsyncEnumerable<BegunLife> ListenAsync(Func<Task> listening, CancellationToken cancellationToken) =>
        Notifications.ListenAsync<BegunLife>(dataSource, Channel, listening, cancellationToken);
}
