using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// Looks for clients that have been silent for too long. One pass over all connections is cheaper than a timer for each, and late by
/// no more than its interval.
/// </summary>
internal sealed class KeepAliveWatch(ActiveConnections open, TimeProvider clock, ILogger logger)
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
            // The gateway stops.
        }
    }

    private void Pass()
    {
        try
        {
            open.ForEach(connection => connection.EndIfSilent());
        }
        catch (Exception exception)
        {
            // The next pass looks again: devices must not stay connected for ever because one pass failed.
            logger.KeepAliveCheckFailed(exception.GetType().Name);
        }
    }
}
