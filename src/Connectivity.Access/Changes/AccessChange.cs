using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Access.Changes;

/// <summary>
/// A change to users, keys, policies, limits or device credentials, or to the attributes of a thing that has some.
/// </summary>
/// <param name="ThingName">
/// The thing whose device credentials or attributes changed; null where users, keys, policies or limits did.
/// </param>
public sealed record AccessChange(string? ThingName = null)
{
    public static readonly NotificationChannel<AccessChange> Channel = new("connectivity_access");

    /// <summary>
    /// Runs the commands that make the change and sends the notification, in one transaction. Returns the number of
    /// affected rows.
    /// </summary>
    internal async Task<int> MakeAsync(
        NpgsqlDataSource dataSource, CancellationToken cancellationToken,
        params IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        await using var batch = dataSource.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(Channel.Notify(this));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return commands.Sum(command => (int)command.RecordsAffected);
    }
}
