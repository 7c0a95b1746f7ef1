using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// Hands the queued events to the sink in batches, one at a time, so that the order of events stays; then publishes their presence
/// messages. A sink that throws is asked again until it takes the batch; while it fails, or is slow, everything that waits for it goes to the disk.
/// </summary>
internal sealed class EventPump(
    EventQueue queue, ILifecycleSink sink, PresencePublisher presence, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Short: when the sink is well again, what waits is to be told at once.</summary>
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a sink may take before what waits for it goes to the disk.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private string? _failing;

    /// <summary>Runs until the queue is complete and empty, or it is told to give up.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        try
        {
            for (var pause = FirstRetryDelay; await queue.NextAsync(giveUp) is { Count: > 0 } batch;)
            {
                if (await TryStoreAsync(batch, giveUp))
                {
                    await PublishAsync(batch, giveUp);
                    queue.Acknowledge();
                    pause = FirstRetryDelay;
                    continue;
                }

                queue.Spill();
                await Task.Delay(pause, clock, giveUp);
                pause = pause * 2 < LongestRetryDelay ? pause * 2 : LongestRetryDelay;
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // What is left the queue sees to.
        }
    }

    /// <summary>An open connection that was reported again is no news, and publishes nothing.</summary>
    private Task PublishAsync(IReadOnlyList<PendingEvent> batch, CancellationToken giveUp) => batch[0].Backdating == Backdating.Allowed
        ? Task.CompletedTask
        : presence.PublishAsync(batch.Select(pending => PresenceEvent.Of(pending.Event)), giveUp);

    private async Task<bool> TryStoreAsync(IReadOnlyList<PendingEvent> batch, CancellationToken giveUp)
    {
        try
        {
            var storing = sink.ReportAsync([.. batch.Select(pending => pending.Event)], batch[0].Backdating, batch[0].FromPreviousHost, giveUp);
            while (!await EndsInTimeAsync(storing, giveUp)) queue.Spill();
            var rejected = (await storing).Count(outcome => outcome.Kind == OutcomeKind.Rejected);
            if (rejected > 0) logger.EventsRejected(rejected);
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

    private async Task<bool> EndsInTimeAsync(Task storing, CancellationToken giveUp)
    {
        if (storing.IsCompleted) return true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        var inTime = await Task.WhenAny(storing, Task.Delay(Slow, clock, ended.Token)) == storing;
        await ended.CancelAsync();
        if (!inTime) giveUp.ThrowIfCancellationRequested();
        return inTime;
    }
}
