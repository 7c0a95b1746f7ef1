using Connectivity.Access.Changes;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Access.Limits;

/// <summary>A limit of one account.</summary>
/// <param name="Operations">The operation group it applies to.</param>
/// <param name="PerSecond">Requests a second, in the long run.</param>
/// <param name="Burst">Requests at once, after a pause.</param>
public sealed record StoredLimit(string AccountId, string Operations, double PerSecond, double Burst);

/// <summary>The limits of accounts, and the token buckets that all hosts on the database share.</summary>
public sealed class ThrottleStore(NpgsqlDataSource dataSource)
{
    public async Task<IReadOnlyList<StoredLimit>> LimitsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select account, operations, per_second, burst from {ThrottleTables.LimitsName}
            order by account, operations
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var limits = new List<StoredLimit>();
        while (await reader.ReadAsync(cancellationToken))
            limits.Add(
                new StoredLimit(reader.GetString(0), reader.GetString(1), reader.GetDouble(2), reader.GetDouble(3)));
        return limits;
    }

    public Task SetAsync(StoredLimit limit, CancellationToken cancellationToken) => new AccessChange().MakeAsync(
        dataSource,
        cancellationToken,
        new NpgsqlBatchCommand(
            $"""
            insert into {ThrottleTables.LimitsName} (account, operations, per_second, burst) values ($1, $2, $3, $4)
            on conflict (account, operations) do update set per_second = excluded.per_second, burst = excluded.burst
            """).With(limit.AccountId, limit.Operations, limit.PerSecond, limit.Burst));

    /// <summary>Deletes the account's limit: the settings apply again.</summary>
    public Task ResetAsync(string accountId, string operations, CancellationToken cancellationToken) =>
        new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            new NpgsqlBatchCommand($"delete from {ThrottleTables.LimitsName} where account = $1 and operations = $2")
                .With(accountId, operations));

    /// <summary>
    /// Takes tokens from the account's bucket, which refills at the limit's rate by the database's clock: as many as
    /// there are, and at most <paramref name="wanted"/>. Returns the number taken. A bucket that was never used is
    /// full.
    /// </summary>
    public async Task<int> TakeAsync(StoredLimit limit, int wanted, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        // A crash may lose the last updates and so give some tokens twice: not worth a disk flush for every lease.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into {ThrottleTables.BucketsName} (account, operations, tokens, refilled_at)
            values ($1, $2, $3, clock_timestamp())
            on conflict do nothing
            """).With(limit.AccountId, limit.Operations, limit.Burst));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            with bucket as materialized (
                select tokens, refilled_at from {ThrottleTables.BucketsName}
                where account = $1 and operations = $2 for update),
            clocked as materialized (
                select tokens, refilled_at, greatest(refilled_at, clock_timestamp()) as at from bucket),
            filled as materialized (
                select least($4, tokens + $3 * extract(epoch from at - refilled_at)) as tokens, at from clocked),
            taken as (select least($5, floor(tokens)) as count, tokens, at from filled)
            update {ThrottleTables.BucketsName}
            set tokens = taken.tokens - taken.count, refilled_at = taken.at from taken
            where account = $1 and operations = $2 returning taken.count
            """).With(limit.AccountId, limit.Operations, limit.PerSecond, limit.Burst, (double)wanted));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (int)reader.GetDouble(0);
    }
}
