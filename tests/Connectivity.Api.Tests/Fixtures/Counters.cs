using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// The counts of one host's counters from now on. The exporter adds up the counters of all hosts of the process.
/// </summary>
public sealed class Counters : IDisposable
{
    private readonly ConcurrentDictionary<(string, object?), long> _counted = new();
    private readonly MeterListener _listener = new();

    public Counters(ApiHost host)
    {
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument is Counter<long> && instrument.Meter.Scope == meters)
                listening.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var key = (instrument.Name, tags.Length > 0 ? tags[0].Value : null);
            _counted.AddOrUpdate(key, count, (_, sum) => sum + count);
        });
        _listener.Start();
    }

    /// <param name="tag">The value of the counter's first tag.</param>
    public long Of(string name, string? tag = null) => _counted.GetValueOrDefault((name, tag));

    public void Dispose() => _listener.Dispose();
}
