using System.Runtime.CompilerServices;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.History;

/// <summary>Reads the past from the event streams.</summary>
public sealed class EventHistory(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    /// <summary>
    /// A page of a thing's stream in the order its events were recorded: those after a position, oldest first.
    /// </summary>
    public async Task<IReadOnlyList<RecordedEvent>> PageAsync(
        Account account, string thingId, long after, int limit, CancellationToken cancellationToken)
    {
        var page = new List<RecordedEvent>();
        await foreach (var recorded in ReadAsync(account, thingId, after, limit, cancellationToken)) page.Add(recorded);
        return page;
    }

    /// <summary>
    /// The record as of a time, as far as is known now: the fold of the events that had occurred by then.
    /// </summary>
    public async Task<ConnectivityRecord> AsOfAsync(
        Account account, string thingId, DateTimeOffset occurredBy, CancellationToken cancellationToken)
    {
        var record = ConnectivityRecord.NeverConnected(thingId);
        await foreach (var recorded in ReadAsync(account, thingId, 0, limit: null, cancellationToken))
            if (recorded.Event.OccurredAt <= occurredBy) record = ConnectivityRecord.Evolve(record, recorded.Event);
        return record;
    }

    private async IAsyncEnumerable<RecordedEvent> ReadAsync(
        Account account, string thingId, long after, int? limit,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) yield break;
        await using var command = dataSource.CreateCommand(
            $"""
            select {StoredEvents.Columns} from {ConnectivitySchema.Events}
            where tenant_id = $1 and stream_id = $2 and version > $3 order by version limit $4
            """).With(
                generation.TenantId, thingId, after,
                SqlParameters.Nullable(limit is { } count ? (long)count : null, NpgsqlTypes.NpgsqlDbType.Bigint));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return StoredEvents.Read(reader);
    }
}
