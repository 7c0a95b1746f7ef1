using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>The generation of an account, as read by a transaction that holds its shared lock.</summary>
/// <param name="Now">The database's time.</param>
/// <param name="Generation">Null while connectivity indexing is off.</param>
/// <param name="TurnedOnAt">When indexing was last turned on.</param>
/// <param name="TurnedOffAt">When indexing was last turned off, or null if it never was.</param>
internal sealed record CurrentGeneration(
    DateTimeOffset Now, Generation? Generation, DateTimeOffset? TurnedOnAt, DateTimeOffset? TurnedOffAt)
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
                new NpgsqlBatchCommand(
                    $"""
                    select clock_timestamp(), generation, turned_on_at, turned_off_at
                    from (select 1) as always left join {IndexingTable.Name} on account = $1 and region = $2
                    """).With(account.Id, account.Region),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new CurrentGeneration(
            reader.GetFieldValue<DateTimeOffset>(0),
            reader.IsDBNull(1) ? null : new Generation(account, reader.GetInt64(1)),
            Time(2),
            Time(3));

        DateTimeOffset? Time(int column) => reader.IsDBNull(column)
            ? null
            : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
