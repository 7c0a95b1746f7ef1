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
