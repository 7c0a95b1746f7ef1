using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Tests.Fixtures;

internal static class Reports
{
    /// <summary>Ends the queue and takes all that is in it.</summary>
    public static async Task<List<Report>> DrainAsync(this ReportQueue queue)
    {
        queue.Complete();
        List<Report> reports = [];
        while (await queue.NextAsync(TestContext.Current.CancellationToken) is { Count: > 0 } batch)
        {
            reports.AddRange(batch);
            queue.HandedOver();
        }

        return reports;
    }
}
