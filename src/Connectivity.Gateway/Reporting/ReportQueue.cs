using System.Threading.Channels;
using Connectivity.Domain.Lifecycle;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// The lifecycle events that the sink has not taken yet, in the order they happened. Adding never waits, so that no device does.
/// When it is full the oldest event is lost: the newer ones tell what is true now.
/// </summary>
internal sealed class ReportQueue
{
    private readonly Channel<Report> _reports;
    private readonly ILogger _logger;
    private long _lost;

    public ReportQueue(int capacity, ILogger logger)
    {
        _logger = logger;
        _reports = Channel.CreateBounded<Report>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, Lose);
    }

    public ChannelReader<Report> Reader => _reports.Reader;

    /// <summary>Events lost since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public Report Add(LifecycleEvent lifecycleEvent, Age age)
    {
        var report = new Report(lifecycleEvent, age);
        if (!_reports.Writer.TryWrite(report)) Lose(report);
        return report;
    }

    public void Complete() => _reports.Writer.TryComplete();

    public void Lose(Report report)
    {
        var lost = Interlocked.Increment(ref _lost);
        // Loud at once, and then once in a thousand: a log that fills the disk helps nobody.
        if (lost % 1000 == 1) _logger.ReportsLost(lost);
        report.Leave();
    }
}
