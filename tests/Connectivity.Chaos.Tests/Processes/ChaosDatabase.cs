using System.Diagnostics;
using System.Globalization;
using Connectivity.LocalPostgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(Connectivity.Chaos.Tests.Processes.ChaosDatabase))]
// One kind of fault at a time: each has the machine and the server to itself.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>
/// The installed PostgreSQL, durable as in production, which can be killed and started again; every kind of round has a database of its own
/// in it. It goes with the test process.
/// </summary>
public sealed class ChaosDatabase : IAsyncLifetime
{
    private const int SigKill = 9;
    private const int SigQuit = 3;

    private readonly string _directory = TemporaryDirectory.Make("connectivity-chaos-");
    private LocalPostgresCluster? _cluster;

    /// <summary>Where the server's socket lies, also after it was started again.</summary>
    public string SocketPath
    {
        get
        {
            var connection = new NpgsqlConnectionStringBuilder(_cluster!.ConnectionString);
            return Path.Combine(connection.Host!, $".s.PGSQL.{connection.Port}");
        }
    }

    public async ValueTask InitializeAsync()
    {
        Prerequisite.Require(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The server is reached by a Unix socket, and ended by signals.");
        await StartAsync();
    }

    /// <summary>Makes an empty database, and returns a connection string to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"chaos_{Guid.NewGuid():N}";
        await ExecuteAsync(_cluster!.ConnectionString, $"create database {name}");
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = name, MaxPoolSize = 40 }.ConnectionString;
    }

    /// <summary>Ends the server as if its machine's memory had been lost: every process of it, at once.</summary>
    public Task KillAsync() => EndAsync(SigKill);

    /// <summary>The server's own immediate stop: no checkpoint, and the next start recovers.</summary>
    public Task StopImmediatelyAsync() => EndAsync(SigQuit);

    /// <summary>Kills one session's process. The server then ends all others and recovers, by itself.</summary>
    public async Task KillSessionAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var find = new NpgsqlCommand(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1", connection);
        if (await find.ExecuteScalarAsync(Ct) is int session) Signal(session, SigKill);
    }

    /// <summary>Starts the server where it is not running, by the way that a host starts it.</summary>
    public async Task StartAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        try
        {
            _cluster = await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(_directory), Ct);
        }
        catch (LocalPostgresException missing) when (_cluster is null)
        {
            Prerequisite.Require(false, missing.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        return connection;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task EndAsync(int signal)
    {
        var file = Path.Combine(_cluster!.Directory, "data", "postmaster.pid");
        var id = int.Parse((await File.ReadAllLinesAsync(file, Ct))[0], CultureInfo.InvariantCulture);
        Signal(id, signal);
        await Eventually.Is(() => HasEnded(id), because: "the server has ended");
    }

    private static void Signal(int id, int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        kill.WaitForExit();
    }

    private static bool HasEnded(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
