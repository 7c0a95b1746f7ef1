using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Tests.Fixtures;

internal static class EventQueueExtensions
{
    /// <summary>Completes the queue and reads all its events.</summary>
    public static async Task<List<PendingEvent>> DrainAsync(this EventQueue queue)
    {
        queue.Complete();
        List<PendingEvent> events = [];
        while (await queue.NextAsync(TestContext.Current.CancellationToken) is { Count: > 0 } batch)
        {
            events.AddRange(batch);
            queue.TryAcknowledge([]);
        }

        return events;
    }
}
