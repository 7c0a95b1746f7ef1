using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Benchmarks.Micro;

/// <summary>One event and the record of its thing. The floor is the least that any fold does: a new record.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class EvolveBenchmark
{
    private const string ThingId = "5b6f0b5e-6f0e-4a0a-9c38-2d2b8f6f3c11";

    private readonly ThingConnected _first = SampleEvents.Connected("thing", 1);
    private readonly ThingDisconnected _end = SampleEvents.Disconnected("thing", 1);
    private readonly ThingConnected _next = SampleEvents.Connected("thing", 2);
    private ConnectivityRecord _connected = null!;
    private ConnectivityRecord _disconnected = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _connected = ConnectivityRecord.Evolve(ConnectivityRecord.NeverConnected(ThingId), _first);
        _disconnected = ConnectivityRecord.Evolve(_connected, _end);
    }

    [Benchmark(Baseline = true, Description = "floor: a new record")]
    public ConnectivityRecord NewRecord() => new(ThingId, _first, _end);

    [Benchmark(Description = "disconnect of the connection")]
    public ConnectivityRecord Disconnect() => ConnectivityRecord.Evolve(_connected, _end);

    [Benchmark(Description = "connect of a newer connection")]
    public ConnectivityRecord Connect() => ConnectivityRecord.Evolve(_disconnected, _next);

    [Benchmark(Description = "late: connect of the connection again")]
    public ConnectivityRecord Late() => ConnectivityRecord.Evolve(_disconnected, _first);
}
