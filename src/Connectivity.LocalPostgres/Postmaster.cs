using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Connectivity.LocalPostgres;

/// <summary>
/// Starts and stops PostgreSQL by its own pg_ctl, which gives the server a session of its own: a Ctrl-C on the terminal does not
/// reach it, and the host can end its work before the database goes.
/// </summary>
internal sealed class Postmaster(ClusterDirectory directory, PostgresBinaries binaries, PostgresUser? user)
{
    /// <summary>Recovery after a crash replays up to max_wal_size of log.</summary>
    private static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(60);

    /// <summary>For how long a server that ends may be there and not answer.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the sessions of a killed server may take to notice.</summary>
    private static readonly TimeSpan LastSessionsEndWithin = TimeSpan.FromSeconds(10);

    public async Task<PostmasterFile> TakeOverOrStartAsync(CancellationToken ct)
    {
        if (PostmasterFile.Read(directory) is { } former)
        {
            var ours = former.IsOf(directory);
            if (ours && former.IsAlive())
            {
                if (former.Ready && ClusterSettings.AreCurrent(directory, former)) return former;
                await StopAsync();
            }
            else
            {
                former.Disown(directory, user);
                SocketDirectory.Clean(ours ? former.SocketDirectory : directory.Path);
            }
        }

        ServerLog.RemoveOld(directory);
        ClusterSettings.Write(directory, SocketDirectory.For(directory, user), OperatingSystem.IsWindows() ? FreePort() : 5432);
        try
        {
            await StartAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // A server that has only just begun says so within this time; then it can be stopped.
            await PostmasterFile.AppearsAsync(directory, TimeSpan.FromSeconds(1));
            throw;
        }

        return PostmasterFile.Read(directory)
            ?? throw new LocalPostgresException($"PostgreSQL ended just after it started. See its log in {directory.LogDirectory}.");
    }

    /// <summary>
    /// Waits for the end of a restore: pg_ctl calls a server started that lets nobody in, or nobody write, because it is still replaying an archive.
    /// </summary>
    /// <param name="isBeingRestored">Null where the server does not answer.</param>
    public async Task WaitUntilRestoredAsync(Func<Task<bool?>> isBeingRestored, CancellationToken ct)
    {
        var (since, waiting, answered) = (DateTime.UtcNow.AddSeconds(-1), Stopwatch.StartNew(), Stopwatch.StartNew());
        while (PostmasterFile.Read(directory) is { } running && running.IsAlive())
        {
            var restoring = await isBeingRestored();
            if (restoring is not null) answered.Restart();
            // One that is there and does not answer says why to the next who asks.
            if (restoring is false || answered.Elapsed > ShutdownTimeout) return;
            if (waiting.Elapsed > StartWithin)
                throw new LocalPostgresException(
                    $"PostgreSQL in {directory.Path} is still being restored. Start it with its own pg_ctl, and Connectivity once it takes writes. " +
                    "The last lines of its log:\n" + ServerLog.TailSince(directory, since));
            await Task.Delay(TimeSpan.FromMilliseconds(20), ct);
        }

        throw new LocalPostgresException(
            $"PostgreSQL in {directory.Path} ended just after it started. Its data is untouched. The last lines of its log:\n" +
            ServerLog.TailSince(directory, since));
    }

    /// <summary>
    /// Fast: sessions are ended. Waits until the process is gone. What could not be stopped, the next start takes over.
    /// </summary>
    public async Task StopAsync()
    {
        // The file of a copied directory names the original's server, which is not ours to stop.
        if (PostmasterFile.Read(directory) is not { } running || !running.IsOf(directory)) return;
        // The second way loses nothing either: the next start recovers from the log.
        foreach (var mode in new[] { "fast", "immediate" })
        {
            if (!running.IsAlive()) break;
            await PgCtlAsync("stop", StopWithin, CancellationToken.None, "--mode", mode);
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
            var started = await PgCtlAsync("start", StartWithin, ct, "--log", ServerLog.StartName);
            if (started.ExitCode == 0) return;

            var log = ServerLog.TailSince(directory, since);
            if (log.Contains("is still in use", StringComparison.Ordinal) && trying.Elapsed < LastSessionsEndWithin)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
                continue;
            }

            throw new LocalPostgresException(
                $"PostgreSQL {binaries.Major} ({binaries.Directory}) did not start in {directory.Path}. Its data is untouched. " +
                "The last lines of its log:\n" + (log == "" ? started.Output : log));
        }
    }

    /// <summary>
    /// Paths are relative to the cluster's folder: pg_ctl hands them to a shell, which would read a dollar sign in one as code.
    /// </summary>
    private Task<PostgresCommandResult> PgCtlAsync(string command, TimeSpan within, CancellationToken ct, params string[] options)
    {
        string[] arguments = [command, "--pgdata", ClusterDirectory.DataName, "--wait", "--timeout", $"{within.TotalSeconds:0}", .. options];
        return new PostgresCommand(binaries.PgCtl, arguments).RunAsync(directory.Path, user, ct);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
