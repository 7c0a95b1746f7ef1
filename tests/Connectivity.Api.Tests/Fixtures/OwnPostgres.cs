using System.Diagnostics;
using System.Globalization;
using Connectivity.LocalPostgres;
using Connectivity.Testing;
using Npgsql;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A PostgreSQL for one test, which can be stopped, killed, suspended and resumed.</summary>
public sealed class OwnPostgres : IAsyncDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();
    private LocalPostgresCluster? _cluster;
    private int[] _stopped = [];
    private Task _starting = Task.CompletedTask;

    private OwnPostgres()
    {
    }

    public string ConnectionString { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<OwnPostgres> StartAsync()
    {
        var postgres = new OwnPostgres();
        await postgres.ResumeAsync();
        return postgres;
    }

    /// <summary>
    /// Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>; continues after <see cref="StallAsync"/>.
    /// </summary>
    public async Task ResumeAsync()
    {
        if (_stopped.Length > 0) await SignalAsync("CONT", _stopped);
        _stopped = [];
        _cluster ??= await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(_directory), Ct);
        ConnectionString = _cluster.ConnectionString;
    }

    /// <summary>An empty database whose tables are on the disk; the server's WAL is not.</summary>
    public async Task<string> CreateDatabaseAsync(SmallDisk disk)
    {
        disk.GiveToOwnerOf(Path.Combine(_directory, "postgres", "data"));
        await StoredData.ExecuteAsync(ConnectionString, $"create tablespace small location '{disk.Directory}'");
        await StoredData.ExecuteAsync(ConnectionString, "create database small tablespace small");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "small" }.ConnectionString;
    }

    /// <summary>Stops in order, which ends the sessions.</summary>
    public async Task StopAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _cluster = null;
    }

    /// <summary>Kills all processes, so that no session ends in order.</summary>
    public async Task KillAsync()
    {
        var processes = await ProcessesAsync();
        await SignalAsync("KILL", processes);
        await Eventually.Is(
            () => !Array.Exists(processes, id => Directory.Exists($"/proc/{id}")), because: "the processes are gone");
        await StopAsync();
    }

    /// <summary>
    /// Suspends all processes: the operating system still accepts connections, but no query is answered.
    /// </summary>
    public async Task StallAsync()
    {
        _stopped = await ProcessesAsync();
        await SignalAsync("STOP", _stopped);
    }

    /// <summary>
    /// Starts again as a server that is being restored: it answers queries but refuses writes until it is promoted.
    /// </summary>
    public async Task RestartAsStandbyAsync()
    {
        await StopAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory, "postgres", "data", "standby.signal"), "", Ct);
        _starting = ResumeAsync();
        await Eventually.Is(
            async () =>
            {
                await using var connection = await StoredData.OpenAsync(ConnectionString);
                return true;
            },
            because: "it answers queries");
    }

    /// <summary>Ends the standby mode of <see cref="RestartAsStandbyAsync"/>.</summary>
    public async Task PromoteAsync()
    {
        await StoredData.ExecuteAsync(ConnectionString, "select pg_promote()");
        await _starting;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopped.Length > 0) await SignalAsync("CONT", _stopped);
        if (!_starting.IsCompleted) await PromoteAsync();
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The process ids of the postmaster and of its children.</summary>
    private async Task<int[]> ProcessesAsync()
    {
        var postmaster = int.Parse(
            (await File.ReadAllLinesAsync(Path.Combine(_directory, "postgres", "data", "postmaster.pid"), Ct))[0],
            CultureInfo.InvariantCulture);
        using var ps = Process.Start(
            new ProcessStartInfo("ps", ["-o", "pid=", "--ppid", $"{postmaster}"]) { RedirectStandardOutput = true })!;
        var sessions = await ps.StandardOutput.ReadToEndAsync(Ct);
        return
        [
            postmaster,
            .. sessions.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
    }

    private static async Task SignalAsync(string signal, int[] processes)
    {
        // A process that has ended in the meantime is no error.
        var start = new ProcessStartInfo("kill", [$"-{signal}", .. processes.Select(id => $"{id}")])
        {
            RedirectStandardError = true,
        };
        using var kill = Process.Start(start)!;
        await kill.WaitForExitAsync(CancellationToken.None);
    }
}
