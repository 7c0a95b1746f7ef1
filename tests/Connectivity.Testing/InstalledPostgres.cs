using System.Diagnostics;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Testing;

/// <summary>The installed PostgreSQL, run in a temporary directory that is deleted when the process exits.</summary>
internal static class InstalledPostgres
{
    private const string Prefix = "connectivity-tests-";

    public static async Task<string?> TryStartAsync(List<string> missing)
    {
        await RemoveAbandonedServersAsync();
        var directory = TemporaryDirectory.Make(Prefix);
        try
        {
            var cluster = await LocalPostgresCluster.StartAsync(
                new LocalPostgresOptions(directory), CancellationToken.None);
            // Also when the process exits without disposing, as test processes do.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAsync(cluster, directory).GetAwaiter().GetResult();

            // A temporary server needs no durability against power failures.
            await PostgresServer.ExecuteAsync(
                cluster.ConnectionString, "ALTER SYSTEM SET fsync = off", CancellationToken.None);
            await PostgresServer.ExecuteAsync(
                cluster.ConnectionString, "SELECT pg_reload_conf()", CancellationToken.None);
            var administration = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = "postgres" };
            return administration.ConnectionString;
        }
        catch (LocalPostgresException failed)
        {
            Directory.Delete(directory, recursive: true);
            missing.Add(failed.Message);
            return null;
        }
    }

    private static async Task RemoveAsync(LocalPostgresCluster cluster, string directory)
    {
        await cluster.DisposeAsync();
        // Deleting tens of thousands of files can take longer than the test runner waits for a process to exit.
        if (OperatingSystem.IsWindows()) Directory.Delete(directory, recursive: true);
        else Process.Start("rm", ["-rf", directory]).Dispose();
    }

    /// <summary>
    /// A killed test process leaves its server running. Younger directories may belong to a process that is just
    /// starting.
    /// </summary>
    private static async Task RemoveAbandonedServersAsync()
    {
        foreach (var abandoned in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (Directory.GetCreationTimeUtc(abandoned) > DateTime.UtcNow.AddMinutes(-10)) continue;
            try
            {
                // Refused while its process is alive.
                var cluster = await LocalPostgresCluster.StartAsync(
                    new LocalPostgresOptions(abandoned), CancellationToken.None);
                await RemoveAsync(cluster, abandoned);
            }
            catch (Exception refused)
                when (refused is LocalPostgresException or IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
