using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.Fleet;

/// <summary>Which things to list; null is no condition.</summary>
/// <param name="Search">What their names begin with or contain, whatever the case of letters if they contain it.</param>
/// <param name="States">Those in one of these states: <see cref="ThingState"/>.</param>
/// <param name="Never">Those that never connected.</param>
/// <param name="ChangedFrom">Those that connected or disconnected last then or later.</param>
/// <param name="ChangedUntil">Those that connected or disconnected last earlier.</param>
public sealed record StateFilter(
    string? Search = null, bool Contains = false, IReadOnlyList<string>? States = null, bool Never = false,
    DateTimeOffset? ChangedFrom = null, DateTimeOffset? ChangedUntil = null)
{
    /// <summary>Whether only things are listed that have connected.</summary>
    public bool NeedsState => States is not null || ChangedFrom is not null || ChangedUntil is not null;
}

/// <summary>The order of a list of things.</summary>
public enum ThingOrder
{
    Name,
    NewestChange,
    OldestChange,
}

/// <param name="State"><see cref="ThingState"/>; null if it never connected.</param>
/// <param name="ChangedAt">When it connected or disconnected last.</param>
public sealed record ListedThing(string ThingId, string Name, string? State, DateTimeOffset? ChangedAt);

/// <summary>Lists the things of a fleet with their states.</summary>
public sealed class ThingListing(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    /// <summary>Where no more things than these are in the states, they are sorted; else all are gone through.</summary>
    private const int FewThings = 20_000;

    /// <summary>A page; null while connectivity indexing is off.</summary>
    /// <param name="after">The last thing of the previous page.</param>
    public async Task<IReadOnlyList<ListedThing>?> PageAsync(
        Account account, StateFilter filter, ThingOrder order, ListedThing? after, int limit,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return null;
        await using var command = dataSource.CreateCommand(
            $"""
            {await FromAsync(generation, filter, order, cancellationToken)}
              and {After(order)}
            order by {Order(order)} limit $9
            """);
        Bind(command, account, filter).With(
            SqlParameters.Nullable(
                order == ThingOrder.Name ? after?.Name : after?.ThingId, NpgsqlDbType.Text),
            SqlParameters.Nullable(after?.ChangedAt?.UtcDateTime, NpgsqlDbType.TimestampTz), limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var things = new List<ListedThing>();
        while (await reader.ReadAsync(cancellationToken))
            things.Add(new ListedThing(
                reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3)));
        return things;
    }

    /// <summary>How many things match, counted up to a number.</summary>
    public async Task<long> CountAsync(
        Account account, StateFilter filter, int upTo, CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return 0;
        await using var command = dataSource.CreateCommand(
            $"""
            select count(*) from (
                {await FromAsync(generation, filter, ThingOrder.Name, cancellationToken)}
                  and $7::text is null and $8::timestamptz is null limit $9) as thing
            """);
        Bind(command, account, filter).With(
            SqlParameters.Nullable(null, NpgsqlDbType.Text), SqlParameters.Nullable(null, NpgsqlDbType.TimestampTz),
            upTo);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<string> FromAsync(
        Generation generation, StateFilter filter, ThingOrder order, CancellationToken cancellationToken)
    {
        var states = generation.Partition(SessionTables.StatesName);
        var tables = !filter.NeedsState && order == ThingOrder.Name
            ? $"{RegistryTables.ThingsName} as thing left join {states} as state on state.tenant_id = "
                + $"'{generation.TenantId.Replace("'", "''")}' and state.thing_id = thing.thing_id::uuid"
            : order == ThingOrder.Name && !await AreFewAsync(generation, filter, cancellationToken)
            // By name: each thing's state is looked up until the page is full.
            ? $"{RegistryTables.ThingsName} as thing cross join lateral (select * from {states} as one "
                + $"where one.tenant_id = '{generation.TenantId.Replace("'", "''")}' "
                + "and one.thing_id = thing.thing_id::uuid offset 0) as state"
            : $"{states} as state join {RegistryTables.ThingsName} as thing on thing.thing_id = state.thing_id::text";
        return $"""
            select thing.thing_id, thing.name, state.state, state.changed_at from {tables}
            where thing.account = $1 and thing.region = $2
              and ($3::text is null or {(filter.Contains
                  ? "strpos(lower(thing.name), lower($3)) > 0"
                  : "(thing.name >= $3 and starts_with(thing.name, $3))")})
              and ($4::text[] is null or state.state = any($4))
              and ($5::timestamptz is null or state.changed_at >= $5)
              and ($6::timestamptz is null or state.changed_at < $6)
              {(filter.Never ? "and state.thing_id is null" : "")}
            """;
    }

    private async Task<bool> AreFewAsync(
        Generation generation, StateFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select count(*) from (
                select from {generation.Partition(SessionTables.StatesName)}
                where ($1::text[] is null or state = any($1))
                  and ($2::timestamptz is null or changed_at >= $2) and ($3::timestamptz is null or changed_at < $3)
                limit {FewThings + 1}) as thing
            """).With(
                SqlParameters.Nullable(filter.States?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                SqlParameters.Nullable(filter.ChangedFrom?.UtcDateTime, NpgsqlDbType.TimestampTz),
                SqlParameters.Nullable(filter.ChangedUntil?.UtcDateTime, NpgsqlDbType.TimestampTz));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! <= FewThings;
    }

    private static string After(ThingOrder order) => order switch
    {
        ThingOrder.Name => "($7::text is null or thing.name > $7) and $8::timestamptz is null",
        ThingOrder.NewestChange => "($7::text is null or (state.changed_at, state.thing_id) < ($8, $7::uuid))",
        _ => "($7::text is null or (state.changed_at, state.thing_id) > ($8, $7::uuid))",
    };

    private static string Order(ThingOrder order) => order switch
    {
        ThingOrder.Name => "thing.name",
        ThingOrder.NewestChange => "state.changed_at desc, state.thing_id desc",
        _ => "state.changed_at, state.thing_id",
    };

    private static NpgsqlCommand Bind(NpgsqlCommand command, Account account, StateFilter filter) => command.With(
        account.Id, account.Region, SqlParameters.Nullable(filter.Search, NpgsqlDbType.Text),
        SqlParameters.Nullable(filter.States?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        SqlParameters.Nullable(filter.ChangedFrom?.UtcDateTime, NpgsqlDbType.TimestampTz),
        SqlParameters.Nullable(filter.ChangedUntil?.UtcDateTime, NpgsqlDbType.TimestampTz));
}
