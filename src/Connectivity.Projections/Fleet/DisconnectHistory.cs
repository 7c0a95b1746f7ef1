using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.Fleet;

/// <summary>Which disconnects to list or count.</summary>
/// <param name="Reason">The effective reason; null for all.</param>
/// <param name="Prefix">How the names of their things begin; null for all.</param>
public sealed record DisconnectFilter(
    DateTimeOffset From, DateTimeOffset Until, string? Reason = null, string? Prefix = null);

/// <summary>The end of a session of a thing.</summary>
public sealed record FleetDisconnect(string ThingId, string ThingName, SessionWithEvents Session);

/// <summary>The key of a disconnect in the order of the list.</summary>
public readonly record struct DisconnectMark(
    DateTimeOffset At, Guid ThingId, DateTimeOffset Start, long VersionNumber, string SessionIdentifier);

/// <summary>How many disconnects a thing had.</summary>
public sealed record ThingDisconnects(string ThingName, long Number, DateTimeOffset LastAt);

/// <summary>Reads the disconnects of a fleet.</summary>
public sealed class DisconnectHistory(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    /// <summary>
    /// Where a prefix has no more things than these, their own sessions are read; else those of the fleet in the range.
    /// </summary>
    private const int FewThings = 1_000;

    private readonly SessionEvents _events = new(dataSource);

    /// <summary>A page, newest first; null while connectivity indexing is off.</summary>
    public async Task<IReadOnlyList<FleetDisconnect>?> PageAsync(
        Account account, DisconnectFilter filter, DisconnectMark? after, int limit, CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return null;
        var few = await FewAsync(account, filter.Prefix, cancellationToken);
        await using var command = dataSource.CreateCommand(
            $"""
            select session.thing_id::text, thing.name, {SessionRows.Columns}
            from {generation.Partition(SessionTables.SessionsName)} as session
            join {RegistryTables.ThingsName} as thing on thing.thing_id = session.thing_id::text
            where disconnected_at >= $1 and disconnected_at < $2
              and ($3::text is null or disconnect_reason = $3)
              and {(few is null ? "($4::text is null or starts_with(thing.name, $4))" : "session.thing_id = any($4)")}
              and ($5::timestamptz is null or (
                  disconnected_at, session.thing_id, started_at, version_number, session_identifier)
                  < ($5, $6, $7, $8, $9))
            order by disconnected_at desc, session.thing_id desc, started_at desc, version_number desc,
                session_identifier desc
            limit $10
            """).With(
                filter.From.UtcDateTime, filter.Until.UtcDateTime,
                SqlParameters.Nullable(filter.Reason, NpgsqlDbType.Text),
                few is null
                    ? SqlParameters.Nullable(filter.Prefix, NpgsqlDbType.Text)
                    : SqlParameters.Nullable(few, NpgsqlDbType.Array | NpgsqlDbType.Uuid),
                SqlParameters.Nullable(after?.At.UtcDateTime, NpgsqlDbType.TimestampTz),
                SqlParameters.Nullable(after?.ThingId, NpgsqlDbType.Uuid),
                SqlParameters.Nullable(after?.Start.UtcDateTime, NpgsqlDbType.TimestampTz),
                SqlParameters.Nullable(after?.VersionNumber, NpgsqlDbType.Bigint),
                SqlParameters.Nullable(after?.SessionIdentifier, NpgsqlDbType.Text), limit);
        var rows = new List<(string ThingId, string Name, Session Session)>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                rows.Add((reader.GetString(0), reader.GetString(1), SessionRows.Read(reader, 2)));
        var sessions = await _events.LoadAsync(
            generation, [.. rows.Select(row => (row.ThingId, row.Session))], cancellationToken);
        return [.. rows.Zip(sessions, (row, session) => new FleetDisconnect(row.ThingId, row.Name, session))];
    }

    /// <summary>
    /// The things with the most disconnects, and how many things and disconnects there are; null while connectivity
    /// indexing is off.
    /// </summary>
    public async Task<(IReadOnlyList<ThingDisconnects> Top, long Things, long Disconnects)?> ByThingAsync(
        Account account, DisconnectFilter filter, int limit, CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return null;
        var few = await FewAsync(account, filter.Prefix, cancellationToken);
        await using var command = dataSource.CreateCommand(
            $"""
            with counted as materialized (
                select thing_id, count(*) as number, max(disconnected_at) as last_at
                from {generation.Partition(SessionTables.SessionsName)}
                where disconnected_at >= $1 and disconnected_at < $2
                  and ($3::text is null or disconnect_reason = $3)
                  and {(few is null
                      ? $"($4::text is null or thing_id in (select thing_id::uuid from {RegistryTables.ThingsName} "
                          + "where account = $5 and region = $6 and starts_with(name, $4)))"
                      : "thing_id = any($4)")}
                group by 1)
            select name, number, last_at, (select count(*) from counted), (select sum(number)::bigint from counted)
            from (select * from counted order by number desc, last_at desc, thing_id limit $7) as top
            join {RegistryTables.ThingsName} as thing on thing.thing_id = top.thing_id::text
            order by number desc, last_at desc, name
            """).With(
                filter.From.UtcDateTime, filter.Until.UtcDateTime,
                SqlParameters.Nullable(filter.Reason, NpgsqlDbType.Text),
                few is null
                    ? SqlParameters.Nullable(filter.Prefix, NpgsqlDbType.Text)
                    : SqlParameters.Nullable(few, NpgsqlDbType.Array | NpgsqlDbType.Uuid),
                account.Id, account.Region, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (top, things, disconnects) = (new List<ThingDisconnects>(), 0L, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            top.Add(new ThingDisconnects(
                reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));
            (things, disconnects) = (reader.GetInt64(3), reader.GetInt64(4));
        }

        return (top, things, disconnects);
    }

    /// <summary>The things whose names begin with the prefix, if they are few; null if they are many, or all.</summary>
    private async Task<Guid[]?> FewAsync(Account account, string? prefix, CancellationToken cancellationToken)
    {
        if (prefix is null) return null;
        await using var command = dataSource.CreateCommand(
            $"""
            select thing_id::uuid from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name >= $3 and starts_with(name, $3) limit {FewThings + 1}
            """).With(account.Id, account.Region, prefix);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetGuid(0));
        return ids.Count > FewThings ? null : [.. ids];
    }
}
