using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>
/// What appends change in the sessions and states of their things and in the counts of their fleet. Written in the
/// transaction that appends the events; <see cref="ThingHistory"/> is its only rule.
/// </summary>
internal sealed class SessionProjection
{
    private readonly List<ThingSession> _removed = [];
    private readonly List<ThingSession> _added = [];
    private readonly List<ConnectivityRecord> _records = [];

    public FleetCounts Counts { get; } = new();

    /// <summary>Loads what events that are out of order need of their things' sessions, and folds the events.</summary>
    public static async Task<SessionProjection> OfAsync(
        NpgsqlConnection connection, Generation generation, IReadOnlyList<StreamAppend> appends)
    {
        var outOfOrder = appends.Where(append => ThingHistory.NeedsOlder(append.Former, append.Events)).ToList();
        var loaded = outOfOrder.Count == 0 ? null : await SessionRows.LoadAsync(connection, generation, outOfOrder);
        var projection = new SessionProjection();
        foreach (var append in appends) projection.Fold(append, loaded?[append.ThingId] ?? []);
        return projection;
    }

    /// <summary>What whole streams project.</summary>
    public static SessionProjection Of(IEnumerable<ReplayedThing> things)
    {
        var projection = new SessionProjection();
        foreach (var thing in things)
        {
            var thingId = Guid.Parse(thing.ThingId);
            foreach (var session in thing.Sessions) projection._added.Add(new ThingSession(thingId, session));
            projection._records.Add(thing.Record);
        }

        return projection;
    }

    private void Fold(StreamAppend append, IEnumerable<Session> stored)
    {
        var history = new ThingHistory(append.Former, stored);
        var record = append.Former;
        foreach (var appended in append.Events)
        {
            history.Append(record, appended, Counts);
            record = appended.Record;
        }

        var thingId = Guid.Parse(append.ThingId);
        foreach (var session in history.Removed) _removed.Add(new ThingSession(thingId, session));
        foreach (var session in history.Added) _added.Add(new ThingSession(thingId, session));
        if (record != append.Former) _records.Add(record);
    }

    /// <summary>Writes it in the transaction in which the session is saved.</summary>
    public void Queue(IDocumentSession session, Generation generation)
    {
        if (_removed.Count > 0) Remove(session, generation);
        if (_added.Count > 0) Add(session, generation);
        if (_records.Count > 0) SetStates(session, generation);
        FleetCountChanges.Queue(session, generation, Counts);
    }

    private void Remove(IDocumentSession session, Generation generation) => session.QueueSqlCommand(
        $"""
        delete from {generation.Partition(SessionTables.SessionsName)} as session
        using unnest(
            ?::uuid[], ?::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[])
            as former(thing_id, started_at, version, identifier, source, connect, ended_at)
        where session.thing_id = former.thing_id and session.started_at = former.started_at
          and session.version_number = version and session.session_identifier = identifier
          and session.source = former.source and session.reported_connect is not distinct from connect
          and session.disconnected_at is not distinct from ended_at
        """,
        Column(_removed, row => row.ThingId), Column(_removed, row => Utc(row.Session.Start)),
        Column(_removed, row => row.Session.Connection.VersionNumber),
        Column(_removed, row => row.Session.Connection.SessionIdentifier),
        Column(_removed, row => row.Session.Connection.Source),
        Column(_removed, row => Utc(row.Session.ReportedConnect)), Column(_removed, row => Utc(row.Session.End?.At)));

    private void Add(IDocumentSession session, Generation generation) => session.QueueSqlCommand(
        $"""
        insert into {generation.Partition(SessionTables.SessionsName)}
            (tenant_id, thing_id, started_at, source, session_identifier, version_number, reported_connect,
             disconnected_at, disconnect_reason, is_inferred, end_connected_at)
        select ?, * from unnest(
            ?::uuid[], ?::timestamptz[], ?::text[], ?::text[], ?::bigint[], ?::timestamptz[], ?::timestamptz[],
            ?::text[], ?::boolean[], ?::timestamptz[])
        """,
        generation.TenantId,
        Column(_added, row => row.ThingId), Column(_added, row => Utc(row.Session.Start)),
        Column(_added, row => row.Session.Connection.Source),
        Column(_added, row => row.Session.Connection.SessionIdentifier),
        Column(_added, row => row.Session.Connection.VersionNumber),
        Column(_added, row => Utc(row.Session.ReportedConnect)), Column(_added, row => Utc(row.Session.End?.At)),
        Column(_added, row => row.Session.End?.Reason), Column(_added, row => row.Session.End?.Inferred ?? false),
        Column(_added, row => Utc(row.Session.End?.ConnectedAt)));

    private void SetStates(IDocumentSession session, Generation generation) => session.QueueSqlCommand(
        $"""
        insert into {generation.Partition(SessionTables.StatesName)} as thing
            (tenant_id, thing_id, state, changed_at)
        select ?, * from unnest(?::uuid[], ?::text[], ?::timestamptz[])
        on conflict (tenant_id, thing_id) do update set state = excluded.state, changed_at = excluded.changed_at
        """,
        generation.TenantId, Column(_records, record => Guid.Parse(record.ThingId)),
        Column(_records, record => ThingState.Of(record)!), Column(_records, record => Utc(record.OccurredAt!.Value)));

    private static DateTimeOffset Utc(DateTimeOffset time) => time.ToUniversalTime();

    private static DateTimeOffset? Utc(DateTimeOffset? time) => time?.ToUniversalTime();

    private static TValue[] Column<TRow, TValue>(List<TRow> rows, Func<TRow, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        return values;
    }

    private readonly record struct ThingSession(Guid ThingId, Session Session);
}
