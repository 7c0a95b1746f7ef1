using System.Diagnostics.CodeAnalysis;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Presence;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// Hands the queued events to the sink in batches, one at a time, so that the order of events stays; then publishes their presence
/// messages. A sink that throws is asked again until it takes the batch.
/// </summary>
internal sealed class ReportPump(
    ReportQueue queue, ILifecycleSink sink, PresencePublisher presence, TimeProvider clock, ILogger logger)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Taken off the queue already, and of another age than the batch before it.</summary>
    private Report? _held;

    /// <summary>Runs until the queue is complete and empty, or gives up with what is left.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        List<Report> batch = [];
        try
        {
            while (_held is not null || await queue.Reader.WaitToReadAsync(giveUp))
            {
                Take(batch);
                await HandOverAsync(batch, giveUp);
                await PublishAsync(batch, giveUp);
                foreach (var report in batch) report.Leave();
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            foreach (var report in batch) queue.Lose(report);
            while (TryNext(out var report)) queue.Lose(report);
            logger.GaveUp(queue.Lost);
        }
    }

    /// <summary>An open connection that was reported again is no news, and publishes nothing.</summary>
    private Task PublishAsync(List<Report> batch, CancellationToken giveUp) => batch[0].Age == Age.Any
        ? Task.CompletedTask
        : presence.PublishAsync(batch.Select(report => PresenceEvent.Of(report.Event)), giveUp);

    /// <summary>Whatever is waiting, up to a batch; the sink takes one <see cref="Age"/> at a time.</summary>
    private void Take(List<Report> batch)
    {
        while (batch.Count < BatchSize && TryNext(out var next))
        {
            if (batch.Count > 0 && batch[0].Age != next.Age)
            {
                _held = next;
                return;
            }

            batch.Add(next);
        }
    }

    private bool TryNext([NotNullWhen(true)] out Report? next)
    {
        (next, _held) = (_held, null);
        return next is not null || queue.Reader.TryRead(out next);
    }

    private async Task HandOverAsync(List<Report> batch, CancellationToken giveUp)
    {
        var events = batch.ConvertAll(report => report.Event);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var outcomes = await sink.ReportAsync(events, batch[0].Age, giveUp);
                var rejected = outcomes.Count(outcome => outcome.Kind == OutcomeKind.Rejected);
                if (rejected > 0) logger.ReportsRejected(rejected);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !giveUp.IsCancellationRequested)
            {
                // Only the type: a message may hold what the event holds.
                logger.SinkFailed(exception.GetType().Name, events.Count, pause.TotalMilliseconds);
            }

            await Task.Delay(pause, clock, giveUp);
        }
    }
}
