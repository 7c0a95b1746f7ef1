using Connectivity.Projections.Database;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// Asks the database for its time and whether it takes writes, once before anything is admitted and then each second. The host is ready while
/// the database answers and takes writes, and the host's clock agrees with the database's. No caller makes it ask more often.
/// </summary>
public sealed class DatabaseMonitor(DatabaseTime time, WriteAvailability writes, TimeProvider clock) : BackgroundService, IHealthCheck
{
    /// <summary>Half of the time in which a host is to be ready again after its database.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than what requests wait for the database: readiness is wanted at once.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private volatile Answer? _last;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_last is { } last && clock.GetElapsedTime(last.Timestamp) <= Interval + Timeout
            ? last.Result
            : HealthCheckResult.Unhealthy("The database does not answer in time."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await AskAsync(stoppingToken);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        HealthCheckResult result;
        try
        {
            await time.MeasureAsync(cancellationToken);
            await writes.CheckAsync(cancellationToken);
            result = writes.IsRefused ? HealthCheckResult.Unhealthy("The database takes no writes.")
                : time.HostClockIsRight ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The host's clock and the database's are more than 2 minutes apart.");
        }
        catch (NpgsqlException exception)
        {
            // What was known last of the clock goes on counting.
            result = HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }

        _last = new Answer(result, clock.GetTimestamp());
    }

    private sealed record Answer(HealthCheckResult Result, long Timestamp);
}
