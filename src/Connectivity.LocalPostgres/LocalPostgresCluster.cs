using System.Diagnostics;

namespace Connectivity.LocalPostgres;

/// <summary>
/// An installed PostgreSQL that runs privately under the data directory, reachable only through a Unix socket (on
/// Windows, loopback) with a random password. Either this process runs it, and stops it on disposal, or it belongs to
/// another process.
/// </summary>
public sealed class LocalPostgresCluster : IAsyncDisposable
{
    /// <summary>How long a command waits for the PostgreSQL of a host that is still starting.</summary>
    private static readonly TimeSpan AttachTimeout = TimeSpan.FromSeconds(60);

    private readonly ClusterDirectory _directory;
    private DirectoryLock? _lock;
    private readonly Postmaster? _postmaster;

    private LocalPostgresCluster(
        ClusterDirectory directory, string connectionString, DirectoryLock? held, Postmaster? postmaster)
    {
        _directory = directory;
        ConnectionString = connectionString;
        _lock = held;
        _postmaster = postmaster;
    }

    /// <summary>In Npgsql's form, to the database <c>connectivity</c>. Contains the password: never log it.</summary>
    public string ConnectionString { get; }

    /// <summary>The absolute path of the folder <c>postgres</c> in the data directory.</summary>
    public string Directory => _directory.Path;

    /// <summary>
    /// The last run did not end in an orderly shutdown: PostgreSQL recovered from its log, or was still running and was
    /// taken over.
    /// </summary>
    public bool StartedAfterCrash { get; private init; }

    /// <summary>
    /// For the host: locks the data directory, creates the cluster if there is none, and starts PostgreSQL or takes
    /// over the one that a killed host left running.
    /// </summary>
    /// <exception cref="LocalPostgresException">
    /// Another running process has locked the directory, or PostgreSQL cannot be started.
    /// </exception>
    public static Task<LocalPostgresCluster> StartAsync(LocalPostgresOptions options, CancellationToken ct) =>
        Failures.ExplainedAsync(options.DataDirectory, async () =>
        {
            var directory = ClusterDirectory.In(options.DataDirectory);
            return await RunAsync(
                directory, await DirectoryLock.AcquireAsync(directory.DataDirectory, ct), options.BinDirectory, ct);
        });

    /// <summary>
    /// For commands: attaches to the PostgreSQL of the process that has locked the data directory, which disposal
    /// leaves running; if there is none, starts PostgreSQL as <see cref="StartAsync"/> does, and disposal stops it.
    /// </summary>
    /// <exception cref="LocalPostgresException">PostgreSQL cannot be reached or started.</exception>
    public static Task<LocalPostgresCluster> AttachAsync(LocalPostgresOptions options, CancellationToken ct) =>
        Failures.ExplainedAsync(options.DataDirectory, async () =>
        {
            var directory = ClusterDirectory.In(options.DataDirectory);
            var waiting = Stopwatch.StartNew();
            while (true)
            {
                if (DirectoryLock.TryAcquire(directory.DataDirectory) is { } held)
                    return await RunAsync(directory, held, options.BinDirectory, ct);
                if (await RunningElsewhereAsync(directory, ct) is { } connectionString)
                    return new LocalPostgresCluster(directory, connectionString, held: null, postmaster: null);
                if (waiting.Elapsed > AttachTimeout)
                    throw new LocalPostgresException(
                        $"{DirectoryLock.Holder(directory.DataDirectory)} is using the data directory " +
                        $"{directory.DataDirectory}, but its PostgreSQL does not answer. See the log in " +
                        $"{directory.LogDirectory}, or stop that process and try again.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
            }
        });

    /// <summary>
    /// If this process runs PostgreSQL: ends its sessions, shuts it down cleanly, waits until it is gone, and unlocks
    /// the data directory. Otherwise does nothing.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _lock, null) is not { } held) return;
        using (held) await _postmaster!.StopAsync();
    }

    /// <summary>
    /// Returns the connection string of the process that has locked the directory; null if its PostgreSQL is not
    /// reachable, or not yet.
    /// </summary>
    private static async Task<string?> RunningElsewhereAsync(ClusterDirectory directory, CancellationToken ct)
    {
        if (PostmasterFile.Read(directory) is not { Ready: true } running || !running.IsOf(directory)) return null;
        if (ClusterPassword.Read(directory) is not { } password) return null;
        var connectionString = ConnectivityDatabase.ConnectionString(running, password);
        return await ConnectivityDatabase.AnswersAsync(connectionString, ct) ? connectionString : null;
    }

    private static async Task<LocalPostgresCluster> RunAsync(
        ClusterDirectory directory, DirectoryLock held, string? binDirectory, CancellationToken ct)
    {
        Postmaster? postmaster = null;
        try
        {
            var binaries = await PostgresBinaries.FindAsync(binDirectory, directory.Major(), ct);
            var user = await PostgresUser.ForAsync(directory, ct);
            directory.Prepare(user);
            if (user is not null) await user.EnsureReachesAsync([directory.Path, binaries.Postgres], ct);

            var password = ClusterPassword.ReadOrCreate(directory, user);
            if (!directory.IsComplete) await ClusterCreation.RunAsync(directory, binaries, user, ct);

            postmaster = new Postmaster(directory, binaries, user);
            var crashed = PostmasterFile.Read(directory) is not null;
            var running = await postmaster.TakeOverOrStartAsync(ct);
            var connectionString = ConnectivityDatabase.ConnectionString(running, password);
            await postmaster.WaitUntilRestoredAsync(
                () => ConnectivityDatabase.IsBeingRestoredAsync(connectionString, ct), ct);
            await ConnectivityDatabase.EnsureExistsAsync(connectionString, ct);
            return new LocalPostgresCluster(directory, connectionString, held, postmaster)
            {
                StartedAfterCrash = crashed,
            };
        }
        catch
        {
            using (held)
                if (postmaster is not null) await postmaster.StopAsync();
            throw;
        }
    }
}
