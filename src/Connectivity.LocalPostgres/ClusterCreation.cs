namespace Connectivity.LocalPostgres;

/// <summary>
/// Creates the cluster, once. It is created under a temporary name and renamed when it is complete and flushed to disk,
/// so that an interrupted creation leaves nothing that looks like a cluster; the next creation removes the remains.
/// </summary>
internal static class ClusterCreation
{
    private const string Unfinished = "unfinished-";

    public const string UserName = "connectivity";

    public static async Task RunAsync(
        ClusterDirectory directory, PostgresBinaries binaries, PostgresUser? user, CancellationToken ct)
    {
        foreach (var remains in Directory.EnumerateDirectories(directory.Path, Unfinished + "*"))
            Directory.Delete(remains, recursive: true);

        var name = Unfinished + Path.GetRandomFileName();
        var initDb = await new PostgresCommand(
            binaries.InitDb,
            "--pgdata", name, "--username", UserName, "--pwfile", ClusterPassword.FileName, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions")
            .RunAsync(directory.Path, user, ct);
        if (initDb.ExitCode != 0)
            throw new LocalPostgresException(
                $"PostgreSQL could not create its data directory in {directory.Path}. Its output:\n{initDb.Output}");

        var cluster = Path.Combine(directory.Path, name);
        await File.AppendAllTextAsync(Path.Combine(cluster, "postgresql.conf"), ClusterSettings.Inclusion, ct);
        Directory.Move(cluster, directory.Data);
        Ownership.FlushNames(directory.Path);
    }
}
