using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// Ends connections whose clients have been silent for too long. One pass over all connections is cheaper than a timer
/// for each, and late by no more than its interval.
/// </summary>
internal sealed class KeepAliveWatch(
    ActiveConnections connections, FreezeDetector freezes, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) Pass();
        }
        catch (OperationCanceledException)
        {
            // The gateway is stopping.
        }
    }

    private void Pass()
    {
        try
        {
            freezes.Tick();
            connections.ForEach(connection => connection.EndIfSilent());
        }
        catch (Exception exception)
        {
            // The loop goes on: one failed pass must not disable all keep-alives.
            logger.KeepAliveCheckFailed(exception.GetType().Name);
        }
    }
}
