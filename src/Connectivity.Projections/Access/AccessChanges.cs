using Npgsql;

namespace Connectivity.Projections.Access;

/// <summary>A change of who may do what.</summary>
/// <param name="ThingName">The thing whose device credentials changed; null where users, keys, policies or limits did.</param>
public sealed record AccessChange(string? ThingName);

/// <summary>Tells every host on the database of such changes.</summary>
public sealed class AccessChanges(NpgsqlDataSource dataSource)
{
    internal const string Channel = "connectivity_access";

    /// <inheritdoc cref="Notifications.ListenAsync{T}"/>
    public IAsyncEnumerable<AccessChange> ListenAsync(Func<Task> listening, CancellationToken cancellationToken) =>
        Notifications.ListenAsync<AccessChange>(dataSource, Channel, listening, cancellationToken);

    /// <summary>The command that announces a change, for the transaction that makes it.</summary>
    internal static NpgsqlBatchCommand Announcement(string? thingName = null) =>
        new NpgsqlBatchCommand(Notifications.AnnounceSql).With(Channel, Notifications.Payload(new AccessChange(thingName)));
}
