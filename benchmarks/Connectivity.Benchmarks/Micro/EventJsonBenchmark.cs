using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Connectivity.Api.Ingest;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections;
using Marten;

namespace Connectivity.Benchmarks.Micro;

/// <summary>
/// Reading an event, and writing a record, as JSON. The floors are a tokenizer that reads the same bytes, and a copy of
/// what is written.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class EventJsonBenchmark
{
    private readonly ISerializer _serializer = Serializer();
    private readonly ConnectivityRecord _record = new(
        "5b6f0b5e-6f0e-4a0a-9c38-2d2b8f6f3c11", SampleEvents.Connected("thing-0000001", 1),
        SampleEvents.Disconnected("thing-0000001", 1));

    private byte[] _event = [];
    private string _written = "";

    [GlobalSetup]
    public void SetUp()
    {
        var body = new byte[EventBody.MaximumLength(1)];
        var writer = new EventBody(body);
        writer.Add("thing-0000001", isConnect: true, 1_795_414_360_001, 1_795_414_360_001);
        _event = writer.Finish()[1..^1].ToArray();
        if (LifecycleEventJson.Read(new ReadOnlySequence<byte>(_event)).Error is { } error)
            throw new InvalidOperationException(error);
        _written = _serializer.ToJson(_record);
    }

    [BenchmarkCategory("parse an event")]
    [Benchmark(Baseline = true, Description = "floor: tokens")]
    public int Tokens()
    {
        var reader = new Utf8JsonReader(_event);
        var tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    [BenchmarkCategory("parse an event")]
    [Benchmark(Description = "parse")]
    public LifecycleEvent? Parse() => LifecycleEventJson.Read(new ReadOnlySequence<byte>(_event)).Event;

    [BenchmarkCategory("serialize a record")]
    [Benchmark(Baseline = true, Description = "floor: copy")]
    public string Copy() => new(_written.AsSpan());

    [BenchmarkCategory("serialize a record")]
    [Benchmark(Description = "serialize")]
    public string Serialize() => _serializer.ToJson(_record);

    private static ISerializer Serializer()
    {
        var options = new StoreOptions();
        ConnectivityStore.Configure(options, ConnectivityStore.Contents);
        return options.Serializer();
    }
}
