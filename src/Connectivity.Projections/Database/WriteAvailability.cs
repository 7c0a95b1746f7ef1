using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Whether the database takes what happens, as far as the host knows. While it is read-only or its disk is full, what it holds grows older than
/// what is true, and must not be told as true.
/// </summary>
public sealed class WriteAvailability(NpgsqlDataSource dataSource)
{
    /// <summary>Rows that fill pages of their own: space is what a full disk does not have. Rolled back, nothing is left of them.</summary>
    private const string ProbeSql =
        "create temporary table connectivity_probe (filler text); insert into connectivity_probe select repeat(n::text, 500) from generate_series(1, 100) as n";

    private volatile bool _refused;

    public bool IsRefused => _refused;

    /// <summary>Asks the database: by writing where it refused to, and otherwise by what it says of itself.</summary>
    /// <exception cref="NpgsqlException">It did not answer.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_refused) await ProbeAsync(cancellationToken);
            _refused = await IsReadOnlyAsync(cancellationToken);
        }
        catch (PostgresException error) when (DatabaseErrors.RefusesWrites(error))
        {
            _refused = true;
        }
    }

    /// <summary>Takes note of what a writer was told.</summary>
    internal void Observe(Exception error)
    {
        if (DatabaseErrors.RefusesWrites(error)) _refused = true;
    }

    /// <exception cref="WritesRefusedException">What the database holds may not be true any more.</exception>
    internal void ThrowIfRefused()
    {
        if (_refused) throw new WritesRefusedException();
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

/// <summary>The database answers, and takes no writes.</summary>
public sealed class WritesRefusedException() : Exception("The database takes no writes: what it holds may not be true any more.");
