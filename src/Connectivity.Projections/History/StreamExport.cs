using System.Data;
using System.Runtime.CompilerServices;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.History;

/// <summary>Which events to export; null is no condition.</summary>
/// <param name="Things">Only the streams of these things.</param>
/// <param name="Prefix">Only the streams of things whose names begin with it.</param>
/// <param name="From">Only events that occurred then or later.</param>
/// <param name="Before">Only events that occurred earlier.</param>
/// <param name="IsConnect">Only connects, or only disconnects.</param>
public sealed record ExportFilter(
    IReadOnlyList<string>? Things = null, string? Prefix = null, DateTimeOffset? From = null,
    DateTimeOffset? Before = null, bool? IsConnect = null)
{
    internal bool Includes(DateTimeOffset occurredAt) => !(occurredAt < From) && !(occurredAt >= Before);
}

/// <summary>
/// Reads the streams of an account, one after another in the order of things' names and each in the order of its
/// events, in one snapshot. One event at a time: a history of any length takes no more memory than a short one.
/// </summary>
public sealed class StreamExport(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    /// <summary>
    /// Empty while connectivity indexing is off. The snapshot lasts as long as the reader takes, and the removal of a
    /// generation waits for it.
    /// </summary>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        Account account, ExportFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) yield break;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken);
        // By stream: the index has each one in order, and nothing is sorted.
        await using var command = new NpgsqlCommand(
            $"""
            select event.*
            from (
                select name, thing_id from {RegistryTables.ThingsName}
                where account = $2 and region = $3 and ($4::text[] is null or name = any($4))
                  and ($5::text is null or starts_with(name, $5))
                order by name) as thing
            cross join lateral (
                select {StoredEvents.Columns} from {generation.Partition(ConnectivitySchema.Events)}
                where tenant_id = $1 and stream_id = thing.thing_id and ($6::text is null or type = $6)
                order by version) as event
            """, connection).With(
                generation.TenantId, account.Id, account.Region,
                SqlParameters.Nullable(filter.Things?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                SqlParameters.Nullable(filter.Prefix, NpgsqlDbType.Text),
                SqlParameters.Nullable(TypeOf(filter.IsConnect), NpgsqlDbType.Text));
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var recorded = StoredEvents.Read(reader);
            if (filter.Includes(recorded.Event.OccurredAt)) yield return recorded;
        }
    }

    private static string? TypeOf(bool? isConnect) => isConnect switch
    {
        null => null,
        true => ConnectivityStore.ThingConnectedName,
        false => ConnectivityStore.ThingDisconnectedName,
    };
}
