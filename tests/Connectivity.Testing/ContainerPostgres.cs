using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.PostgreSql;

namespace Connectivity.Testing;

/// <summary>PostgreSQL in a container, which Testcontainers' own reaper removes however the process ends.</summary>
internal static class ContainerPostgres
{
    private const string Image = "postgres:17-alpine";

    public static async Task<string?> TryStartAsync(List<string> missing)
    {
        if (!await DockerEngine.AnswersAsync())
        {
            missing.Add("No Docker engine answers.");
            return null;
        }

        try
        {
            // A temporary server needs no durability against power failures.
            var container = new PostgreSqlBuilder(Image)
                .WithCommand("-c", "max_connections=400", "-c", "fsync=off")
                .WithLogger(NullLogger.Instance)
                .Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (Exception failed)
        {
            missing.Add($"The Docker engine could not start {Image}: {failed.Message}");
            return null;
        }
    }
}
