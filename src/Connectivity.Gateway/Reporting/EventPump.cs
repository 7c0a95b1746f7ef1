using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// Delivers the queued events to the sink in batches, one at a time, to preserve the order of events; then publishes
/// their presence messages. If the sink throws, the batch is retried until it succeeds; while the sink fails or is
/// slow, all waiting events are written to disk.
/// </summary>
internal sealed class EventPump(
    EventQueue queue, ILifecycleSink sink, PresencePublisher presence, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan InitialRetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Short, so that the waiting events are delivered soon after the sink recovers.</summary>
    private static readonly TimeSpan MaximumRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a sink may take before the waiting events are written to disk.</summary>
    private static readonly TimeSpan SlowThreshold = TimeSpan.FromSeconds(1);

    private string? _failing;

    /// <summary>Runs until the queue is complete and empty, or <paramref name="giveUp"/> is cancelled.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        try
        {
            for (var delay = InitialRetryDelay; await queue.NextAsync(giveUp) is { Count: > 0 } batch;)
            {
                if (await TryStoreAsync(batch, giveUp) is { } postponed)
                {
                    await PublishAsync(postponed.Count == 0 ? batch : [.. batch.Except(postponed)], giveUp);
                    if (queue.TryAcknowledge(postponed))
                    {
                        if (postponed.Count == batch.Count) await Task.Delay(InitialRetryDelay, clock, giveUp);
                        delay = InitialRetryDelay;
                        continue;
                    }
                }

                queue.Spill();
                await Task.Delay(delay, clock, giveUp);
                delay = delay * 2 < MaximumRetryDelay ? delay * 2 : MaximumRetryDelay;
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // EventQueue.End keeps or drops the rest.
        }
    }

    /// <summary>
    /// Re-announced connections are not published: their presence message was published at their connect.
    /// </summary>
    private Task PublishAsync(IReadOnlyList<PendingEvent> batch, CancellationToken giveUp) =>
        batch.Count == 0 || batch[0].Backdating == Backdating.Allowed
            ? Task.CompletedTask
            : presence.PublishAsync(batch.Select(pending => PresenceEvent.Of(pending.Event)), giveUp);

    /// <summary>Returns the events that are to be repeated; null if the sink failed.</summary>
    private async Task<IReadOnlyList<PendingEvent>?> TryStoreAsync(IReadOnlyList<PendingEvent> batch, CancellationToken giveUp)
    {
        try
        {
            var storing = sink.ReportAsync(
                [.. batch.Select(pending => pending.Event)], batch[0].Backdating, batch[0].FromPreviousHost, giveUp);
            while (!await EndsInTimeAsync(storing, giveUp)) queue.Spill();
            var outcomes = await storing;
            var rejected = outcomes.Count(outcome => outcome?.Kind == OutcomeKind.Rejected);
            if (rejected > 0) logger.EventsRejected(rejected);
            if (_failing is not null) logger.SinkRecovered();
            _failing = null;
            return [.. batch.Where((_, i) => outcomes[i] is null)];
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !giveUp.IsCancellationRequested)
        {
            // Only the type, because the message may contain data of the event. Logged on a change only, because of the
            // retries.
            var error = exception.GetType().Name;
            if (error != _failing) logger.SinkFailed(error);
            _failing = error;
            return null;
        }
    }

    private async Task<bool> EndsInTimeAsync(Task storing, CancellationToken giveUp)
    {
        if (storing.IsCompleted) return true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        var inTime = await Task.WhenAny(storing, Task.Delay(SlowThreshold, clock, ended.Token)) == storing;
        await ended.CancelAsync();
        if (!inTime) giveUp.ThrowIfCancellationRequested();
        return inTime;
    }
}
