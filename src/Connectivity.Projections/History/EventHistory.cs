using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Marten;

namespace Connectivity.Projections.History;

/// <summary>Reads the past from the event streams.</summary>
public sealed class EventHistory(IDocumentStore store, IndexingStore indexing)
{
    /// <summary>
    /// A page of a thing's stream in the order its events were recorded: those after a position, oldest first.
    /// </summary>
    public async Task<IReadOnlyList<RecordedEvent>> PageAsync(
        Account account, string thingId, long after, int limit, CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return [];
        await using var session = store.QuerySession(generation.TenantId);
        var events = await session.Events.QueryAllRawEvents()
            .Where(e => e.StreamKey == thingId && e.Version > after)
            .OrderBy(e => e.Version).Take(limit)
            .ToListAsync(cancellationToken);
        return [.. events.Select(e => new RecordedEvent(e.Id, e.Version, e.Timestamp, (LifecycleEvent)e.Data))];
    }

    /// <summary>
    /// The record as of a time, as far as is known now: the fold of the events that had occurred by then.
    /// </summary>
    public async Task<ConnectivityRecord> AsOfAsync(
        Account account, string thingId, DateTimeOffset occurredBy, CancellationToken cancellationToken)
    {
        var record = ConnectivityRecord.NeverConnected(thingId);
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return record;
        await using var session = store.QuerySession(generation.TenantId);
        var events = await session.Events.FetchStreamAsync(thingId, token: cancellationToken);
        return events.Select(e => (LifecycleEvent)e.Data)
            .Where(lifecycleEvent => lifecycleEvent.OccurredAt <= occurredBy)
            .Aggregate(record, ConnectivityRecord.Evolve);
    }
}
