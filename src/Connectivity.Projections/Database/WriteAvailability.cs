using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Whether the database accepts writes, as far as the host knows. While it is read-only or its disk is full, its
/// records become stale and must not be returned as current.
/// </summary>
public sealed class WriteAvailability(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Inserts rows that need new pages, which a full disk can't provide. The transaction is rolled back.
    /// </summary>
    private const string ProbeSql =
        """
        create temporary table connectivity_probe (filler text);
        insert into connectivity_probe select repeat(n::text, 500) from generate_series(1, 100) as n
        """;

    private readonly Lock _lock = new();
    private volatile bool _refused;
    private long _refusals;

    public bool IsRefused => _refused;

    /// <summary>
    /// Writes where the last write was refused, and otherwise reads the database's read-only setting.
    /// </summary>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _refusals);
        try
        {
            if (_refused) await ProbeAsync(cancellationToken);
            if (await IsReadOnlyAsync(cancellationToken)) Refuse();
            else Accept(before);
        }
        catch (PostgresException error) when (DatabaseErrors.RefusesWrites(error))
        {
            Refuse();
        }
    }

    /// <summary>Records the error that a writer received.</summary>
    internal void Observe(Exception error)
    {
        if (DatabaseErrors.RefusesWrites(error)) Refuse();
    }

    /// <exception cref="WritesRefusedException">The stored records may be stale.</exception>
    internal void ThrowIfRefused()
    {
        if (_refused) throw new WritesRefusedException();
    }

    private void Refuse()
    {
        lock (_lock)
        {
            _refusals++;
            _refused = true;
        }
    }

    /// <summary>What a writer received since the check began is newer than what the check found.</summary>
    private void Accept(long refusalsBefore)
    {
        lock (_lock)
            if (_refusals == refusalsBefore) _refused = false;
    }

    private async Task<bool> IsReadOnlyAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select current_setting('transaction_read_only')::boolean");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ProbeSql, connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
    }
}

/// <summary>The database answers but refuses writes.</summary>
public sealed class WritesRefusedException() : Exception("The database refuses writes: its records may be stale.");
