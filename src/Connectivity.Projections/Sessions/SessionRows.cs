using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>Reads the rows of stored sessions.</summary>
internal static class SessionRows
{
    /// <summary>The columns that <see cref="Read"/> reads, in their order.</summary>
    public const string Columns =
        "source, session_identifier, version_number, reported_connect, disconnected_at, disconnect_reason, "
        + "is_inferred, end_connected_at";

    /// <param name="first">The position of the first of <see cref="Columns"/>.</param>
    public static Session Read(NpgsqlDataReader reader, int first)
    {
        return new Session(
            new ConnectionKey(reader.GetString(first), reader.GetString(first + 1), reader.GetInt64(first + 2)),
            Time(first + 3),
            Time(first + 4) is { } endedAt
                ? new SessionEnd(endedAt, reader.GetString(first + 5), reader.GetBoolean(first + 6), Time(first + 7))
                : null);

        DateTimeOffset? Time(int column) =>
            reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    /// <summary>
    /// The stored sessions of things that appends change or need, by <c>thingId</c>; see <see cref="SessionRange"/>.
    /// </summary>
    public static async Task<ILookup<string, Session>> LoadAsync(
        NpgsqlConnection connection, Generation generation, IReadOnlyList<StreamAppend> appends)
    {
        var known = await OfConnectionsAsync(connection, generation, appends);
        var ranges = appends.Select(append => SessionRange.Of(
            append.Events.Select(appended => appended.Event),
            Session.Of(append.Former) is { } newest
                ? known[append.ThingId].Append(newest)
                : known[append.ThingId])).ToList();
        var table = generation.Partition(SessionTables.SessionsName);
        await using var command = new NpgsqlCommand(
            $"""
            select thing.id::text, {Columns}
            from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as thing(id, first, last)
            cross join lateral (
                select {Columns} from {table}
                where thing_id = thing.id
                  and started_at >= $4::interval * -1 + coalesce(
                      (select max(started_at) from {table} where thing_id = thing.id and started_at < first), first)
                  and started_at <= coalesce(
                      (select min(started_at) from {table} where thing_id = thing.id and started_at > last + $4),
                      'infinity')) as session
            """, connection).With(
                Ids(appends),
                ranges.Select(range => range.First.ToUniversalTime()).ToArray(),
                ranges.Select(range => range.Last.ToUniversalTime()).ToArray(),
                Timeline.Reach);
        return await ReadAsync(command);
    }

    /// <summary>All stored sessions of things, by <c>thingId</c>.</summary>
    public static async Task<ILookup<string, Session>> OfThingsAsync(
        NpgsqlConnection connection, Generation generation, Guid[] thingIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id::text, {Columns} from {generation.Partition(SessionTables.SessionsName)}
            where thing_id = any($1)
            """, connection).With((object)thingIds);
        command.CommandTimeout = 0;
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>
    /// The sessions among which the newest one is that had begun by a time: the last one before it, and those that began
    /// within <see cref="Timeline.Reach"/> before that one. By <c>thingId</c>.
    /// </summary>
    public static async Task<ILookup<string, Session>> BegunByAsync(
        NpgsqlDataSource dataSource, Generation generation, Guid[] thingIds, DateTimeOffset time,
        CancellationToken cancellationToken)
    {
        var table = generation.Partition(SessionTables.SessionsName);
        await using var command = dataSource.CreateCommand(
            $"""
            select thing.id::text, {Columns} from unnest($1::uuid[]) as thing(id)
            cross join lateral (
                select {Columns} from {table}
                where thing_id = thing.id and started_at <= $2 and started_at >= (
                    select max(started_at) from {table} where thing_id = thing.id and started_at <= $2) - $3) as session
            """).With((object)thingIds, time.ToUniversalTime(), Timeline.Reach);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The sessions on which the states of a thing in a range depend.</summary>
    public static async Task<List<Session>> BetweenAsync(
        NpgsqlDataSource dataSource, Generation generation, Guid thingId, DateTimeOffset from, DateTimeOffset until,
        CancellationToken cancellationToken)
    {
        var table = generation.Partition(SessionTables.SessionsName);
        await using var command = dataSource.CreateCommand(
            $"""
            select thing_id::text, {Columns} from {table}
            where thing_id = $1 and started_at < $3 and started_at >= coalesce((
                select max(started_at) from {table} where thing_id = $1 and started_at <= $2), $2) - $4
            """).With(thingId, from.ToUniversalTime(), until.ToUniversalTime(), Timeline.Reach);
        return [.. (await ReadAsync(command, cancellationToken)).SelectMany(sessions => sessions)];
    }

    /// <summary>
    /// Some sessions of a thing that overlap a range. One without an end lasts, for this, until the next one begins.
    /// </summary>
    /// <param name="start">The first start to read, in the order; null from the beginning.</param>
    public static async Task<List<Session>> OverlappingAsync(
        NpgsqlDataSource dataSource, Generation generation, Guid thingId, DateTimeOffset from, DateTimeOffset until,
        bool newestFirst, DateTimeOffset? start, int limit, CancellationToken cancellationToken)
    {
        var table = generation.Partition(SessionTables.SessionsName);
        var (compared, order) = newestFirst ? ("<=", "desc") : (">=", "asc");
        await using var command = dataSource.CreateCommand(
            $"""
            select thing_id::text, {Columns} from {table} as session
            where thing_id = $1 and started_at < $3
              and (started_at >= $2 or disconnected_at > $2 or (disconnected_at is null and not exists (
                  select from {table} as next
                  where next.thing_id = $1 and next.started_at > session.started_at and next.started_at <= $2)))
              and ($4::timestamptz is null or started_at {compared} $4)
            order by started_at {order}, version_number {order} limit $5
            """).With(
                thingId, from.ToUniversalTime(), until.ToUniversalTime(),
                SqlParameters.Nullable(start?.ToUniversalTime(), NpgsqlTypes.NpgsqlDbType.TimestampTz), limit);
        return [.. (await ReadAsync(command, cancellationToken)).SelectMany(sessions => sessions)];
    }

    private static async Task<ILookup<string, Session>> OfConnectionsAsync(
        NpgsqlConnection connection, Generation generation, IReadOnlyList<StreamAppend> appends)
    {
        var events = appends.SelectMany(append => append.Events, (append, appended) => (append, appended.Event)).ToList();
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id::text, {Columns} from {generation.Partition(SessionTables.SessionsName)}
            where (thing_id, version_number, session_identifier, source) in (
                select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]))
              and thing_id = any($1)
            """, connection).With(
                events.Select(item => Guid.Parse(item.append.ThingId)).ToArray(),
                events.Select(item => item.Event.Connection.VersionNumber).ToArray(),
                events.Select(item => item.Event.Connection.SessionIdentifier).ToArray(),
                events.Select(item => item.Event.Connection.Source).ToArray());
        return await ReadAsync(command);
    }

    private static async Task<ILookup<string, Session>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellationToken = default)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sessions = new List<(string ThingId, Session Session)>();
        while (await reader.ReadAsync(cancellationToken)) sessions.Add((reader.GetString(0), Read(reader, 1)));
        return sessions.ToLookup(row => row.ThingId, row => row.Session);
    }

    private static Guid[] Ids(IEnumerable<StreamAppend> appends) =>
        [.. appends.Select(append => Guid.Parse(append.ThingId))];
}
