using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Connectivity.LocalPostgres;

/// <summary>
/// Starts and stops PostgreSQL with its own pg_ctl, which starts the server in a separate session: a Ctrl-C on the
/// terminal does not reach it, so that the host can finish its work before the database stops.
/// </summary>
internal sealed class Postmaster(ClusterDirectory directory, PostgresBinaries binaries, PostgresUser? user)
{
    /// <summary>Long, because recovery after a crash replays up to max_wal_size of log.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long a running server may take to answer.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the sessions of a killed server may take to end.</summary>
    private static readonly TimeSpan LastSessionsTimeout = TimeSpan.FromSeconds(10);

    public async Task<PostmasterFile> TakeOverOrStartAsync(CancellationToken ct)
    {
        if (PostmasterFile.Read(directory) is { } previous)
        {
            var ours = previous.IsOf(directory);
            if (ours && previous.IsAlive())
            {
                if (previous.Ready && ClusterSettings.AreCurrent(directory, previous)) return previous;
                await StopAsync();
            }
            else
            {
                previous.Disown(directory, user);
                SocketDirectory.Clean(ours ? previous.SocketDirectory : directory.Path);
            }
        }

        ServerLog.RemoveOld(directory);
        ClusterSettings.Write(
            directory, SocketDirectory.For(directory, user), OperatingSystem.IsWindows() ? FreePort() : 5432);
        try
        {
            await StartAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // A server that has just started writes its file within this time; then it can be stopped.
            await PostmasterFile.WaitUntilPresentAsync(directory, TimeSpan.FromSeconds(1));
            throw;
        }

        return PostmasterFile.Read(directory)
            ?? throw new LocalPostgresException(
                $"PostgreSQL ended just after it started. See its log in {directory.LogDirectory}.");
    }

    /// <summary>
    /// Waits for the end of a restore: pg_ctl reports a server as started that refuses connections or writes because it
    /// is still replaying an archive.
    /// </summary>
    /// <param name="isBeingRestored">Returns null if the server does not answer.</param>
    public async Task WaitUntilRestoredAsync(Func<Task<bool?>> isBeingRestored, CancellationToken ct)
    {
        var (since, waiting, answered) = (DateTime.UtcNow.AddSeconds(-1), Stopwatch.StartNew(), Stopwatch.StartNew());
        while (PostmasterFile.Read(directory) is { } running && running.IsAlive())
        {
            var restoring = await isBeingRestored();
            if (restoring is not null) answered.Restart();
            // If a running server does not answer, the next connection reports the reason.
            if (restoring is false || answered.Elapsed > AnswerTimeout) return;
            if (waiting.Elapsed > StartTimeout)
                throw new LocalPostgresException(
                    $"PostgreSQL in {directory.Path} is still being restored. Start it with its own pg_ctl, and " +
                    "start Connectivity once it accepts writes. The last lines of its log:\n" +
                    ServerLog.TailSince(directory, since));
            await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
        }

        throw new LocalPostgresException(
            $"PostgreSQL in {directory.Path} ended just after it started. Its data is unchanged. " +
            "The last lines of its log:\n" +
            ServerLog.TailSince(directory, since));
    }

    /// <summary>
    /// Stops the server in mode fast, which ends its sessions, and waits until the process is gone. A server that could
    /// not be stopped is taken over by the next start.
    /// </summary>
    public async Task StopAsync()
    {
        // In a copied directory the file names the server of the original, which must not be stopped.
        if (PostmasterFile.Read(directory) is not { } running || !running.IsOf(directory)) return;
        // Mode immediate loses no data: the next start recovers from the log.
        foreach (var mode in new[] { "fast", "immediate" })
        {
            if (!running.IsAlive()) break;
            await PgCtlAsync("stop", StopTimeout, CancellationToken.None, "--mode", mode);
            await running.WaitUntilGoneAsync(TimeSpan.FromSeconds(5));
        }

        if (!running.IsAlive()) SocketDirectory.Clean(running.SocketDirectory);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        var trying = Stopwatch.StartNew();
        while (true)
        {
            var since = DateTime.UtcNow.AddSeconds(-1);
            var started = await PgCtlAsync("start", StartTimeout, ct, "--log", ServerLog.StartName);
            if (started.ExitCode == 0) return;

            var log = ServerLog.TailSince(directory, since);
            if (log.Contains("is still in use", StringComparison.Ordinal) && trying.Elapsed < LastSessionsTimeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
                continue;
            }

            throw new LocalPostgresException(
                $"PostgreSQL {binaries.Major} ({binaries.Directory}) did not start in {directory.Path}. " +
                "Its data is unchanged. The last lines of its log:\n" + (log == "" ? started.Output : log));
        }
    }

    /// <summary>
    /// Paths are relative to the cluster's folder: pg_ctl passes them to a shell, which would expand a dollar sign.
    /// </summary>
    private Task<PostgresCommandResult> PgCtlAsync(
        string command, TimeSpan timeout, CancellationToken ct, params string[] options)
    {
        string[] arguments =
        [
            command, "--pgdata", ClusterDirectory.DataName, "--wait", "--timeout", $"{timeout.TotalSeconds:0}",
            .. options,
        ];
        return new PostgresCommand(binaries.PgCtl, arguments).RunAsync(directory.Path, user, ct);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
