using Connectivity.Projections;

namespace Connectivity.Api.Hosting;

/// <summary>Asks the database for its time and whether it takes writes: before anything is admitted, and then again and again.</summary>
public sealed class DatabaseWatch(DatabaseTime time, DatabaseWrites writes, TimeProvider clock) : BackgroundService
{
    /// <summary>Half of the time in which a host is to be well again after its database.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await AskAsync(stoppingToken);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await time.MeasureAsync(cancellationToken);
            await writes.AskAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The database is away, which is told elsewhere. What was known last goes on counting.
        }
    }
}
