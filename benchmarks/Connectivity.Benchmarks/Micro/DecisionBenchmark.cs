using BenchmarkDotNet.Attributes;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Benchmarks.Micro;

/// <summary>
/// The decision on a commit of 500 events of 500 connected things, for each event. The floor is the hash that
/// identifies each event.
/// </summary>
public class DecisionBenchmark
{
    private const int Events = 500;
    private const long Generation = 1;

    private readonly Account _account = new("000000000000", "us-east-1");
    private readonly SubmittedEvent[] _events = new SubmittedEvent[Events];
    private readonly Dictionary<string, StoredStream> _streams = [];
    private readonly HashSet<Guid> _stored = [];
    private IngestState _state = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var periods = new Dictionary<string, IndexedPeriod>();
        var began = SampleEvents.Noon.AddHours(-1);
        for (var i = 0; i < Events; i++)
        {
            var (name, thingId) = ($"thing-{i:0000000}", Guid.NewGuid().ToString());
            periods.Add(name, IndexedPeriod.Of(thingId, began, null, began, null));
            var record = ConnectivityRecord.Evolve(
                ConnectivityRecord.NeverConnected(thingId), SampleEvents.Connected(name, 1));
            _streams.Add(thingId, new StoredStream(1, SampleEvents.Noon, record));
            _events[i] = new SubmittedEvent(SampleEvents.Disconnected(name, 1), Backdating.Disallowed);
        }

        _state = new IngestState(
            _account, Generation, SampleEvents.Noon.AddMinutes(1), periods, new HashSet<string>());
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Events, Description = "floor: the event's id")]
    public Guid Identify()
    {
        var last = Guid.Empty;
        foreach (var submitted in _events)
            last = EventId.Of(
                _account, Generation, _state.Periods[submitted.Event.ClientId].ThingId, submitted.Event);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Events, Description = "admit and decide")]
    public IngestDecision Decide() =>
        IngestDecision.Decide(IngestDecision.Admit(_state, _events), _streams, _stored);
}
