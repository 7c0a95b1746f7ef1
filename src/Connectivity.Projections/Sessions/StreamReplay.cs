using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.StoredForm;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>
/// Folds whole streams again, one event at a time: a stream of any length takes the memory of its sessions.
/// </summary>
internal sealed class StreamReplay
{
    private readonly Dictionary<string, ReplayedThing> _things = [];
    private readonly List<Lateness> _corrections = [];

    private StreamReplay()
    {
    }

    /// <summary>By <c>thingId</c>; things without events are absent.</summary>
    public IReadOnlyDictionary<string, ReplayedThing> Things => _things;

    /// <summary>What their events added to the counts of their fleet.</summary>
    public FleetCounts Counts { get; } = new();

    /// <summary>The events whose stored lateness is not true.</summary>
    public IReadOnlyList<Lateness> Corrections => _corrections;

    public long Events { get; private set; }

    public static async Task<StreamReplay> RunAsync(
        NpgsqlConnection connection, Generation generation, string[] thingIds, CancellationToken cancellationToken)
    {
        // By stream: the index has each one in order, and nothing is sorted.
        await using var command = new NpgsqlCommand(
            $"""
            select thing.id, event.*
            from unnest($2::text[]) as thing(id)
            cross join lateral (
                select version, timestamp, type, data from {generation.Partition(ConnectivitySchema.Events)}
                where tenant_id = $1 and stream_id = thing.id order by version) as event
            """, connection).With(generation.TenantId, thingIds);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var replay = new StreamReplay();
        Fold? fold = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var thingId = reader.GetString(0);
            if (fold?.ThingId != thingId)
            {
                fold?.End();
                fold = new Fold(replay, thingId);
            }

            var next = StoredEventJson.Read(reader.GetString(3), reader.GetFieldValue<byte[]>(4), out var isLate);
            fold!.Append(reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), next, isLate);
        }

        fold?.End();
        return replay;
    }

    private sealed class Fold(StreamReplay replay, string thingId)
    {
        private readonly ThingHistory _history = new(ConnectivityRecord.NeverConnected(thingId), []);
        private ConnectivityRecord _record = ConnectivityRecord.NeverConnected(thingId);
        private DateTimeOffset _recordedAt;
        private long _version;

        public string ThingId => thingId;

        public void Append(long version, DateTimeOffset recordedAt, LifecycleEvent next, bool isStoredAsLate)
        {
            // In streams of earlier releases these times can run backwards: the greatest so far counts.
            if (recordedAt > _recordedAt) _recordedAt = recordedAt;
            var before = _record;
            _record = ConnectivityRecord.Evolve(before, next);
            var isLate = _record == before;
            if (isLate != isStoredAsLate) replay._corrections.Add(new Lateness(thingId, version, isLate));
            _history.Append(before, new AppendedEvent(Guid.Empty, next, isLate, _recordedAt, _record), replay.Counts);
            _version = version;
            replay.Events++;
        }

        public void End() =>
            replay._things.Add(thingId, new ReplayedThing(thingId, _version, _record, [.. _history.Stored]));
    }
}

/// <summary>What the stream of a thing projects.</summary>
/// <param name="Version">Of the stream.</param>
/// <param name="Sessions">Those that are stored.</param>
internal sealed record ReplayedThing(
    string ThingId, long Version, ConnectivityRecord Record, IReadOnlyList<Session> Sessions);

/// <summary>Whether the event at a position of a stream did not change the record.</summary>
internal readonly record struct Lateness(string ThingId, long Position, bool IsLate);
