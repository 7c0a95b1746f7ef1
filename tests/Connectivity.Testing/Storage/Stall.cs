using Connectivity.Projections.Database;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Testing.Storage;

/// <summary>
/// Holds a lock in the database, so that a test can stop an operation at a given statement and count the waiting
/// transactions.
/// </summary>
public sealed class Stall : IAsyncDisposable
{
    private readonly StoreHost _host;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private Stall(StoreHost host, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_host, _connection, _transaction) = (host, connection, transaction);

    /// <summary>Lets transactions read and lock rows, but append no event.</summary>
    public static Task<Stall> AppendsAsync(StoreHost host) =>
        ByAsync(host, $"lock table {ConnectivitySchema.Events} in share mode");

    /// <summary>Lets the deletion of a thing reach its last statement.</summary>
    public static Task<Stall> DeletionsAsync(StoreHost host) =>
        ByAsync(host, $"lock table {RegistryTables.DeletedThingsName} in share mode");

    /// <summary>Waits until this many transactions of the database wait for a lock.</summary>
    public Task UntilWaitingAsync(int transactions) => Eventually.Is(
        async () => await _host.ScalarAsync<long>(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
            """) == transactions,
        because: $"{transactions} transactions wait for a lock");

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static async Task<Stall> ByAsync(StoreHost host, string sql)
    {
        var connection = await host.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new Stall(host, connection, transaction);
    }
}
