using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>The generation of an account, as read by a transaction that holds its shared lock.</summary>
/// <param name="Generation">Null while connectivity indexing is off.</param>
/// <param name="TurnedOnAt">When indexing was last turned on.</param>
/// <param name="TurnedOffAt">When indexing was last turned off, or null if it never was.</param>
internal sealed record CurrentGeneration(
    Generation? Generation, DateTimeOffset? TurnedOnAt, DateTimeOffset? TurnedOffAt)
{
    /// <summary>
    /// Takes the shared lock of the account's generation until the transaction ends, and reads the generation.
    /// </summary>
    public static async Task<CurrentGeneration> LockAsync(
        NpgsqlConnection connection, Account account, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(GenerationLock.SharedSql).With(GenerationLock.Key(account)),
                Select(account),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await ReadAsync(reader, account, cancellationToken);
    }

    /// <summary>The command whose result <see cref="ReadAsync"/> reads; only later than the lock is it true.</summary>
    public static NpgsqlBatchCommand Select(Account account) => new NpgsqlBatchCommand(
        $"""
        select generation, tenant_id, turned_on_at, turned_off_at
        from (select 1) as always left join {IndexingTable.Name} on account = $1 and region = $2
        """).With(account.Id, account.Region);

    public static async Task<CurrentGeneration> ReadAsync(
        NpgsqlDataReader reader, Account account, CancellationToken cancellationToken = default)
    {
        await reader.ReadAsync(cancellationToken);
        return new CurrentGeneration(
            IndexingTable.ReadGeneration(reader, account, 0),
            Time(2),
            Time(3));

        DateTimeOffset? Time(int column) => reader.IsDBNull(column)
            ? null
            : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
