using Connectivity.Projections.Database;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// Checks the database's time and whether it accepts writes: once before the host admits anything, then every second.
/// The host is ready while the database answers and accepts writes, and the host's clock agrees with the database's.
/// Health requests cause no further checks.
/// </summary>
public sealed class DatabaseMonitor(DatabaseTime time, WriteAvailability writes, TimeProvider clock)
    : BackgroundService, IHealthCheck
{
    /// <summary>Half of the time within which a host must be ready again after its database.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How late a check may be before the host is not ready. Shorter than requests wait for the database.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private volatile CheckResult? _last;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CheckNowAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_last is { } last && clock.GetElapsedTime(last.Timestamp) <= Interval + Timeout
            ? last.Result
            : HealthCheckResult.Unhealthy("The database does not answer in time."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await CheckNowAsync(stoppingToken);
    }

    private async Task CheckNowAsync(CancellationToken cancellationToken)
    {
        HealthCheckResult result;
        try
        {
            await time.MeasureAsync(cancellationToken);
            await writes.CheckAsync(cancellationToken);
            result = writes.IsRefused ? HealthCheckResult.Unhealthy("The database accepts no writes.")
                : time.HostClockIsRight ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The host's clock and the database's are more than 2 minutes apart.");
        }
        catch (NpgsqlException exception)
        {
            // The last comparison of the clocks stays in effect.
            result = HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }

        _last = new CheckResult(result, clock.GetTimestamp());
    }

    private sealed record CheckResult(HealthCheckResult Result, long Timestamp);
}
