using Connectivity.Projections;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Connectivity.Api.Hosting;

/// <summary>
/// Ready while the database answers and takes writes, and the host's clock agrees with the database's. Anybody may ask, so the database is asked
/// once a second at most, whoever else asks meanwhile.
/// </summary>
public sealed class DatabaseHealth(DatabaseTime time, DatabaseWrites writes, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than what requests wait for the database: whoever asks for readiness wants to know it now.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _asked;
    private long _askedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<HealthCheckResult> asked;
        lock (_lock)
        {
            if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_askedAt) >= Freshness))
                (_asked, _askedAt) = (AskAsync(), clock.GetTimestamp());
            asked = _asked;
        }

        try
        {
            return await asked.WaitAsync(Patience, clock, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            return HealthCheckResult.Unhealthy("The database does not answer in time.", exception);
        }
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        try
        {
            await time.MeasureAsync(CancellationToken.None);
            await writes.AskAsync(CancellationToken.None);
            if (writes.AreRefused) return HealthCheckResult.Unhealthy("The database takes no writes.");
            return time.HostClockIsRight
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The host's clock and the database's are more than 2 minutes apart.");
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
