using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>The meters of one gateway, and the measurements of its instruments by name and <c>reason</c>.</summary>
public sealed class Measurements : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly List<Meter> _meters = [];

    public Measurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, this)) return;
            lock (_meters) Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Measured);
        _listener.SetMeasurementEventCallback<int>(
            (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.Start();
    }

    public List<Instrument> Instruments { get; } = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(new MeterOptions(options.Name) { Scope = this });
        lock (_meters) _meters.Add(meter);
        return meter;
    }

    /// <summary>Returns the total of a counter, or the present value of an observable instrument.</summary>
    public long Of(string name, string? reason = null)
    {
        _listener.RecordObservableInstruments();
        return _sums.GetValueOrDefault($"connectivity.gateway.{name} {reason}");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Measured(
        Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var key = $"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : null)}";
        _sums.AddOrUpdate(key, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
