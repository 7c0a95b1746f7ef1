using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Sessions;
using Connectivity.Projections.StoredForm;
using Npgsql;

namespace Connectivity.Projections.History;

/// <summary>The connectivity of things at a time in the past.</summary>
public sealed class PastConnectivity(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    /// <summary>Events that are read at once of a stream, from its end: a connection has two, rarely a few more.</summary>
    private const int EventsAtOnce = 8;

    private readonly SessionEvents _events = new(dataSource);

    /// <summary>
    /// What was true at a time, as far as is known now: the newest of the sessions that had begun. One record for each of
    /// the given ones.
    /// </summary>
    /// <param name="present">The present records: they contain the sessions that have not ended.</param>
    public async Task<IReadOnlyList<ConnectivityRecord>> TrueAtAsync(
        Account account, IReadOnlyList<ConnectivityRecord> present, DateTimeOffset time,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation)
            return [.. present.Select(record => ConnectivityRecord.NeverConnected(record.ThingId))];
        var stored = await SessionRows.BegunByAsync(
            dataSource, generation, [.. present.Select(record => Guid.Parse(record.ThingId))], time, cancellationToken);
        var newest = new List<(string ThingId, Session Session)>();
        foreach (var record in present)
        {
            var sessions = stored[record.ThingId];
            if (Session.Of(record) is { End: null } open && open.Start <= time) sessions = sessions.Append(open);
            if (Timeline.Newest(sessions.Order(Timeline.ByStart)) is { } session) newest.Add((record.ThingId, session));
        }

        var withEvents = (await _events.LoadAsync(generation, newest, cancellationToken))
            .Zip(newest, (session, item) => session.RecordAt(item.ThingId, time))
            .ToDictionary(record => record.ThingId);
        return
        [
            .. present.Select(record =>
                withEvents.GetValueOrDefault(record.ThingId) ?? ConnectivityRecord.NeverConnected(record.ThingId)),
        ];
    }

    /// <summary>What was known at a time: the record as it was then. One for each thing.</summary>
    public async Task<IReadOnlyList<ConnectivityRecord>> KnownAtAsync(
        Account account, IReadOnlyList<string> thingIds, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var records = thingIds.Distinct().ToDictionary(thingId => thingId, ConnectivityRecord.NeverConnected);
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is { } generation)
        {
            var changes = thingIds.Distinct().Select(thingId => (thingId, Before: (long?)null)).ToList();
            var read = new Dictionary<string, List<LifecycleEvent>>();
            while (changes.Count > 0)
            {
                changes = await ReadChangesAsync(generation, changes, time, read, cancellationToken);
            }

            foreach (var (thingId, events) in read)
                records[thingId] = Enumerable.Reverse(events).Aggregate(records[thingId], ConnectivityRecord.Evolve);
        }

        return [.. thingIds.Select(thingId => records[thingId])];
    }

    /// <summary>
    /// Reads events that changed the record, from the last one on backwards. A record is the fold of those of one
    /// connection: the first event of a newer connection begins it anew. Returns the things of which more is needed.
    /// </summary>
    private async Task<List<(string ThingId, long? Before)>> ReadChangesAsync(
        Generation generation, List<(string ThingId, long? Before)> things, DateTimeOffset time,
        Dictionary<string, List<LifecycleEvent>> read, CancellationToken cancellationToken)
    {
        var table = generation.Partition(ConnectivitySchema.Events);
        await using var command = dataSource.CreateCommand(
            $"""
            select thing.id, event.* from unnest($2::text[], $3::bigint[]) as thing(id, before)
            cross join lateral (
                select version, type, data from {table}
                where tenant_id = $1 and stream_id = thing.id and not data ? 'late'
                  -- In streams of earlier releases the times can run backwards: the greatest so far counts.
                  and version < coalesce(before, (
                      select version from {table}
                      where tenant_id = $1 and stream_id = thing.id and timestamp > $4 order by version limit 1),
                      {long.MaxValue})
                order by version desc limit {EventsAtOnce}) as event
            """).With(
                generation.TenantId, things.Select(thing => thing.ThingId).ToArray(),
                things.Select(thing => thing.Before).ToArray(), time.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (complete, last, counts) = (new HashSet<string>(), new Dictionary<string, long>(), new Dictionary<string, int>());
        while (await reader.ReadAsync(cancellationToken))
        {
            var thingId = reader.GetString(0);
            counts[thingId] = counts.GetValueOrDefault(thingId) + 1;
            if (complete.Contains(thingId)) continue;
            var next = StoredEventJson.Read(reader.GetString(2), reader.GetFieldValue<byte[]>(3));
            if (!read.TryGetValue(thingId, out var events)) read.Add(thingId, events = []);
            if (events.Count > 0 && events[0].Connection != next.Connection)
            {
                complete.Add(thingId);
                continue;
            }

            events.Add(next);
            last[thingId] = reader.GetInt64(1);
        }

        return
        [
            .. things.Where(thing =>
                    counts.GetValueOrDefault(thing.ThingId) == EventsAtOnce && !complete.Contains(thing.ThingId))
                .Select(thing => (thing.ThingId, (long?)last[thing.ThingId])),
        ];
    }
}
