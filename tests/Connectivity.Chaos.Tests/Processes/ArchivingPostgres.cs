using System.Diagnostics;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>
/// A server that archives its log, set up and restored as docs/operations.md describes it for the private PostgreSQL. A
/// restored server archives too, so that it can be backed up and restored again. Its directories are deleted at the
/// end.
/// </summary>
public sealed class ArchivingPostgres : IAsyncDisposable
{
    private readonly BackupDirectory _backups;
    private readonly List<string> _directories;
    private LocalPostgresCluster _cluster;

    private ArchivingPostgres(BackupDirectory backups, string directory, LocalPostgresCluster cluster) =>
        (_backups, _directories, _cluster) = (backups, [directory], cluster);

    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { MaxPoolSize = 40 }.ConnectionString;

    public static async Task<ArchivingPostgres> StartAsync()
    {
        var backups = await BackupDirectory.MakeAsync();
        backups.MakeDirectory(Archive(backups));
        var directory = TemporaryDirectory.Make("connectivity-archived-");
        // Creates the cluster; archiving takes a restart.
        await (await StartAsync(directory)).DisposeAsync();
        await AppendSettingsAsync(directory, $"""
            archive_mode = on
            archive_command = 'test ! -f "{Archive(backups)}/%f" && cp "%p" "{Archive(backups)}/%f"'
            """);
        return new ArchivingPostgres(backups, directory, await StartAsync(directory));
    }

    /// <summary>
    /// Makes a base backup while the server runs, and returns a data directory that a server can start in.
    /// </summary>
    public async Task<string> BackUpAsync()
    {
        var directory = TemporaryDirectory.Make("connectivity-restored-");
        _directories.Add(directory);
        var copy = ClusterDirectory.In(directory);
        _backups.MakeDirectory(copy.Path);
        await _backups.RunAsync("pg_basebackup", ConnectionString, "--pgdata", copy.Data, "--checkpoint", "fast");
        File.Copy(
            Path.Combine(_cluster.Directory, ClusterPassword.FileName),
            Path.Combine(copy.Path, ClusterPassword.FileName));
        return directory;
    }

    /// <summary>The current time of the server's clock, to which it can be restored later.</summary>
    public async Task<(PastMoment Moment, string Time)> NowAsync()
    {
        var from = Stopwatch.GetTimestamp();
        await using var connection = await ChaosDatabase.OpenAsync(ConnectionString);
        await using var command = new NpgsqlCommand("select clock_timestamp()::text", connection);
        var time = (string)(await command.ExecuteScalarAsync(Ct))!;
        return (new PastMoment(from, Stopwatch.GetTimestamp()), time);
    }

    /// <summary>
    /// Stops the server, deletes its data, and starts another from a base backup and the archive up to the given time.
    /// </summary>
    public async Task<string> RestoreAsync(string backup, string time)
    {
        await _cluster.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_cluster.Directory)!, recursive: true);
        await AppendSettingsAsync(backup, $"""
            restore_command = 'cp "{Archive(_backups)}/%f" "%p"'
            recovery_target_time = '{time}'
            recovery_target_action = promote
            """);
        _backups.WriteFile(Path.Combine(new ClusterDirectory(backup).Data, "recovery.signal"), "");
        _cluster = await StartAsync(backup);
        return ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var directory in _directories.Where(Directory.Exists)) Directory.Delete(directory, recursive: true);
        _backups.Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Archive(BackupDirectory backups) => Path.Combine(backups.Root, "wal");

    private static Task<LocalPostgresCluster> StartAsync(string directory) =>
        LocalPostgresCluster.StartAsync(new LocalPostgresOptions(directory), Ct);

    private static Task AppendSettingsAsync(string directory, string settings)
    {
        var file = Path.Combine(new ClusterDirectory(directory).Data, "postgresql.conf");
        return File.AppendAllTextAsync(file, settings + "\n", Ct);
    }
}
