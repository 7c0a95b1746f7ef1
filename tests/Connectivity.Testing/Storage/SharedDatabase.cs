using Connectivity.Domain;
using Connectivity.Projections;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Testing.Storage;

/// <summary>A database for the tests of one class, with two hosts. Each test uses an account of its own.</summary>
public class SharedDatabase : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public StoreHost Host { get; private set; } = null!;

    /// <summary>Another host on the same database, which shares nothing else with the first.</summary>
    public StoreHost OtherHost { get; private set; } = null!;

    /// <summary>The tables of the database.</summary>
    protected virtual StoreContents Contents => ConnectivityStore.Contents;

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await PostgresServer.CreateDatabaseAsync();
        Host = new StoreHost(ConnectionString, Contents);
        await Host.BringSchemaUpToDateAsync();
        OtherHost = new StoreHost(ConnectionString, Contents);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await OtherHost.DisposeAsync();
    }

    /// <summary>An account that no other test has.</summary>
    public static Account NewAccount() =>
        new(Random.Shared.NextInt64(1_000_000_000_000).ToString("D12"), "eu-central-1");

    /// <summary>
    /// Leaves many idle connections in the first host's pools, and ends all connections, as a restart of the database
    /// does. The other host opens new ones.
    /// </summary>
    public async Task LoseConnectionsAsync()
    {
        const int idle = 20;
        // Those that were lost before.
        Host.DataSource.Clear();
        var open = new List<NpgsqlConnection>();
        for (var i = 0; i < idle; i++) open.Add(await Host.DataSource.OpenConnectionAsync());
        foreach (var connection in open) await connection.DisposeAsync();
        await using var other = new NpgsqlConnection(ConnectionString);
        await other.OpenAsync();
        await using var end = new NpgsqlCommand(
            """
            select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """, other);
        ((long)(await end.ExecuteScalarAsync())!).ShouldBeGreaterThanOrEqualTo(idle);
        OtherHost.DataSource.Clear();
    }

    public async Task<Account> NewIndexedAccountAsync()
    {
        var account = NewAccount();
        await Host.TurnOnAsync(account);
        return account;
    }
}
