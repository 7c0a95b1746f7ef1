using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Tests.Fixtures;

internal static class Reports
{
    /// <summary>Ends the queue and takes all that is in it.</summary>
    public static async Task<List<PendingEvent>> DrainAsync(this EventQueue queue)
    {
        queue.Complete();
        List<PendingEvent> reports = [];
        while (await queue.NextAsync(TestContext.Current.CancellationToken) is { Count: > 0 } batch)
        {
            reports.AddRange(batch);
            queue.Acknowledge();
        }

        return reports;
    }
}
