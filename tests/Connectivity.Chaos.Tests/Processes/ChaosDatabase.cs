using System.Diagnostics;
using System.Globalization;
using Connectivity.LocalPostgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(Connectivity.Chaos.Tests.Processes.ChaosDatabase))]
// One scenario at a time: each has the machine and the server to itself.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>
/// The installed PostgreSQL, durable as in production, which can be killed and started again. Every scenario has a
/// database of its own in it. It ends with the test process.
/// </summary>
public sealed class ChaosDatabase : IAsyncLifetime
{
    private const int SigKill = 9;
    private const int SigQuit = 3;

    /// <summary>The server's own recovery, which is not part of what is measured.</summary>
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(60);

    private readonly string _directory = TemporaryDirectory.Make("connectivity-chaos-");
    private LocalPostgresCluster? _cluster;

    /// <summary>The current path of the server's socket; it may change with a restart.</summary>
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
        Prerequisite.Require(
            OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(),
            "The server is reached by a Unix socket, and ended by signals.");
        await StartAsync();
    }

    /// <summary>Creates an empty database, and returns a connection string to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"chaos_{Guid.NewGuid():N}";
        await ExecuteAsync(_cluster!.ConnectionString, $"create database {name}");
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString)
        {
            Database = name,
            MaxPoolSize = 40,
        }.ConnectionString;
    }

    /// <summary>Drops a database, so that recovery has less to read.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        await StartAsync();
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync(_cluster!.ConnectionString, $"drop database {name} with (force)");
    }

    /// <summary>Kills the postmaster, and with it the server: as if the machine's memory were lost.</summary>
    public Task KillAsync() => EndAsync(SigKill);

    /// <summary>The server's immediate shutdown: no checkpoint, and the next start recovers.</summary>
    public Task StopImmediatelyAsync() => EndAsync(SigQuit);

    /// <summary>Kills the process of one session. The server then ends all others and recovers.</summary>
    public async Task KillSessionAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var find = new NpgsqlCommand(
            """
            select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            order by random() limit 1
            """, connection);
        if (await find.ExecuteScalarAsync(Ct) is not int session) return;
        Signal(session, SigKill);
        // The server ends this session too.
        await Eventually.Is(() => IsBrokenAsync(connection), RecoversWithin, "the server ends its sessions");
        await Eventually.Is(() => AnswersAsync(connectionString), RecoversWithin, "the server has recovered");
    }

    /// <summary>Starts the server unless it runs, in the same way as a host does.</summary>
    public async Task StartAsync()
    {
        if (_cluster is not null)
        {
            if (File.Exists(PostmasterFile) && !HasEnded(await PostmasterAsync())) return;
            await _cluster.DisposeAsync();
        }

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
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var connection = new NpgsqlConnection(unpooled.ConnectionString);
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

    private static async Task<bool> IsBrokenAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteNonQueryAsync(Ct);
            return false;
        }
        catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException)
        {
            return true;
        }
    }

    private static async Task<bool> AnswersAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        return true;
    }

    private string PostmasterFile => Path.Combine(_cluster!.Directory, "data", "postmaster.pid");

    private async Task<int> PostmasterAsync()
    {
        var lines = await File.ReadAllLinesAsync(PostmasterFile, Ct);
        return int.Parse(lines[0], CultureInfo.InvariantCulture);
    }

    private async Task EndAsync(int signal)
    {
        var id = await PostmasterAsync();
        Signal(id, signal);
        await Eventually.Is(() => HasEnded(id), RecoversWithin, "the server has ended");
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
