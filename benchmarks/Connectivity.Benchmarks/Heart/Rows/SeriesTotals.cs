using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using HdrHistogram;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The slices of one series, added up.</summary>
public sealed class SeriesTotals(string name, string operation)
{
    private readonly LongHistogram _microseconds = LoadRun.NewHistogram();
    private readonly List<double> _rates = [];
    private long _done;
    private long _refused;
    private double _seconds;
    private ResourceUse _used;

    public string Name => name;

    public double PerSecond => _done / _seconds;

    public void Add(LoadResult slice, ResourceUse used)
    {
        _microseconds.Add(slice.Microseconds);
        _rates.Add(slice.Done / slice.Elapsed.TotalSeconds);
        _done += slice.Done;
        _refused += slice.Refused;
        _seconds += slice.Elapsed.TotalSeconds;
        _used += used;
    }

    public Series ToSeries()
    {
        return new Series(
            name, operation, _done, _refused, PerSecond, _rates.Min(), _rates.Max(),
            Milliseconds(50), Milliseconds(99), Milliseconds(99.9), Milliseconds(100),
            Each(_used.Host * 1e6), Each(_used.Database * 1e6), Each(_used.Generator * 1e6), Each(_used.Allocated));

        double Milliseconds(double percentile) => _microseconds.TotalCount == 0
            ? 0
            : _microseconds.GetValueAtPercentile(percentile) / 1000.0;

        double Each(double total) => _done == 0 ? 0 : total / _done;
    }
}
