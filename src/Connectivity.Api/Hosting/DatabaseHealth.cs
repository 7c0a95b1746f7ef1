using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Connectivity.Api.Hosting;

/// <summary>Ready while the database answers. Anybody may ask, so the database is asked once a second at most, whoever else asks meanwhile.</summary>
public sealed class DatabaseHealth(NpgsqlDataSource dataSource, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _asked;
    private long _askedAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_askedAt) >= Freshness))
                (_asked, _askedAt) = (AskAsync(), clock.GetTimestamp());
            return _asked.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync();
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
