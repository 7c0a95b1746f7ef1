using System.Diagnostics;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Testing;

/// <summary>The installed programs, run in a temporary directory that goes with the process.</summary>
internal static class InstalledPostgres
{
    private const string Prefix = "connectivity-tests-";

    public static async Task<string?> TryStartAsync(List<string> missing)
    {
        await RemoveWhatKilledTestsLeftAsync();
        var directory = TemporaryDirectory.Make(Prefix);
        try
        {
            var cluster = await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(directory), CancellationToken.None);
            // Also where the process simply exits, as test processes do.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAsync(cluster, directory).GetAwaiter().GetResult();

            // Durability against a power failure is of no use to a server that is thrown away.
            await PostgresServer.ExecuteAsync(cluster.ConnectionString, "ALTER SYSTEM SET fsync = off", CancellationToken.None);
            await PostgresServer.ExecuteAsync(cluster.ConnectionString, "SELECT pg_reload_conf()", CancellationToken.None);
            return new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = "postgres" }.ConnectionString;
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
        // Tens of thousands of files, which can take longer than the test runner lets a process exit before it calls the run failed.
        if (OperatingSystem.IsWindows()) Directory.Delete(directory, recursive: true);
        else Process.Start("rm", ["-rf", directory]).Dispose();
    }

    /// <summary>A test process that was killed left its server running. Younger directories may belong to one that is just starting.</summary>
    private static async Task RemoveWhatKilledTestsLeftAsync()
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (Directory.GetCreationTimeUtc(left) > DateTime.UtcNow.AddMinutes(-10)) continue;
            try
            {
                // Refused where its process is alive.
                await RemoveAsync(await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(left), CancellationToken.None), left);
            }
            catch (Exception refused) when (refused is LocalPostgresException or IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
