using System.Diagnostics.Metrics;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Projections.Changes;

namespace Connectivity.Api.Changes;

/// <summary>Metrics and logs of the change feed.</summary>
public sealed class FeedTelemetry : IFeedObserver
{
    private readonly Histogram<double> _lag;
    private readonly Histogram<double> _waits;
    private readonly Counter<long> _dropped;
    private readonly TimeProvider _clock;
    private readonly ILogger<FeedTelemetry> _logger;

    public FeedTelemetry(
        IMeterFactory meters, StreamLimits streams, TimeProvider clock, ILogger<FeedTelemetry> logger)
    {
        (_clock, _logger) = (clock, logger);
        var meter = meters.Create(ConnectivityMeter.Name);
        meter.CreateObservableUpDownCounter(
            "connectivity.stream_consumers", () => streams.Open, "{stream}", "Open change streams.");
        _dropped = meter.CreateCounter<long>(
            "connectivity.stream_dropped", "{stream}", "Change streams that the host ended, by reason.");
        _lag = meter.CreateHistogram<double>(
            "connectivity.feed_lag", "s", "Time from the recording of an event to its publication.");
        _waits = meter.CreateHistogram<double>(
            "connectivity.feed_waits", "s", "Time that the change feed waited for transactions under way.");
    }

    public void FenceWaited(TimeSpan time) => _waits.Record(time.TotalSeconds);

    public void FenceWaitsLong(Account account, int process) => _logger.FeedWaits(account.ToString(), process);

    public void Published(DateTimeOffset recordedAt) =>
        _lag.Record(Math.Max(0, (_clock.GetUtcNow() - recordedAt).TotalSeconds));

    public void RoundFailed(Account account, Exception error) => _logger.FeedInterrupted(account.ToString(), error);

    /// <param name="reason"><c>lagging</c>, <c>revoked</c> or <c>reset</c>.</param>
    public void Dropped(string reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
