using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// Hands the queued events to the sink in batches, one at a time, so that the order of events stays; then publishes their presence
/// messages. A sink that throws is asked again until it takes the batch; while it fails, or is slow, everything that waits for it goes to the disk.
/// </summary>
internal sealed class ReportPump(
    ReportQueue queue, ILifecycleSink sink, PresencePublisher presence, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Short: when the sink is well again, what waits is to be told at once.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a sink may take before what waits for it goes to the disk.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private string? _failing;

    /// <summary>Runs until the queue is complete and empty, or it is told to give up.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        try
        {
            for (var pause = FirstPause; await queue.NextAsync(giveUp) is { Count: > 0 } batch;)
            {
                if (await TryHandOverAsync(batch, giveUp))
                {
                    await PublishAsync(batch, giveUp);
                    queue.HandedOver();
                    pause = FirstPause;
                    continue;
                }

                queue.Spill();
                await Task.Delay(pause, clock, giveUp);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // What is left the queue sees to.
        }
    }

    /// <summary>An open connection that was reported again is no news, and publishes nothing.</summary>
    private Task PublishAsync(IReadOnlyList<Report> batch, CancellationToken giveUp) => batch[0].Age == Age.Any
        ? Task.CompletedTask
        : presence.PublishAsync(batch.Select(report => PresenceEvent.Of(report.Event)), giveUp);

    private async Task<bool> TryHandOverAsync(IReadOnlyList<Report> batch, CancellationToken giveUp)
    {
        try
        {
            var handingOver = sink.ReportAsync([.. batch.Select(report => report.Event)], batch[0].Age, batch[0].OfFormerHost, giveUp);
            while (!await EndsInTimeAsync(handingOver, giveUp)) queue.Spill();
            var rejected = (await handingOver).Count(outcome => outcome.Kind == OutcomeKind.Rejected);
            if (rejected > 0) logger.ReportsRejected(rejected);
            if (_failing is not null) logger.SinkWorks();
            _failing = null;
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !giveUp.IsCancellationRequested)
        {
            // Only the type: a message may hold what the event holds. Told when it begins or changes, as it is tried again and again.
            var error = exception.GetType().Name;
            if (error != _failing) logger.SinkFailed(error);
            _failing = error;
            return false;
        }
    }

    private async Task<bool> EndsInTimeAsync(Task handingOver, CancellationToken giveUp)
    {
        if (handingOver.IsCompleted) return true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        var inTime = await Task.WhenAny(handingOver, Task.Delay(Slow, clock, ended.Token)) == handingOver;
        await ended.CancelAsync();
        if (!inTime) giveUp.ThrowIfCancellationRequested();
        return inTime;
    }
}
