using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>A sink that records the events in order.</summary>
public sealed class RecordingSink : ILifecycleSink
{
    private readonly Conditions _conditions = new();
    private readonly List<(LifecycleEvent Event, Backdating Backdating)> _taken = [];

    /// <summary>Runs before the events are recorded; its exceptions reach the gateway.</summary>
    public Func<IReadOnlyList<LifecycleEvent>, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Events that get no outcome and are not recorded: the gateway repeats them.</summary>
    public Func<LifecycleEvent, bool> Postpones { get; set; } = _ => false;

    /// <summary>The sizes of the recorded batches.</summary>
    public List<int> Batches { get; } = [];

    public int Attempts { get; private set; }

    public IReadOnlyList<(LifecycleEvent Event, Backdating Backdating)> Taken
    {
        get
        {
            lock (_taken) return [.. _taken];
        }
    }

    public IReadOnlyList<LifecycleEvent> Of(string clientId) =>
        [.. Taken.Where(taken => taken.Event.ClientId == clientId).Select(taken => taken.Event)];

    public async Task<IReadOnlyList<Outcome?>> ReportAsync(
        IReadOnlyList<LifecycleEvent> events, Backdating backdating, bool fromPreviousHost,
        CancellationToken cancellationToken)
    {
        Attempts++;
        _conditions.Changed();
        await Before(events);
        var postpones = Postpones;
        lock (_taken)
        {
            _taken.AddRange(events.Where(one => !postpones(one)).Select(one => (one, backdating)));
            Batches.Add(events.Count);
        }

        _conditions.Changed();
        return [.. events.Select(one => postpones(one) ? (Outcome?)null : Outcome.Accepted)];
    }

    public Task Until(Func<bool> condition) => _conditions.Until(condition);

    public async Task<ThingConnected> ConnectOf(string clientId, int ordinal = 0)
    {
        await Until(() => Of(clientId).OfType<ThingConnected>().Count() > ordinal);
        return Of(clientId).OfType<ThingConnected>().ElementAt(ordinal);
    }

    public async Task<ThingDisconnected> DisconnectOf(string clientId, int ordinal = 0)
    {
        await Until(() => Of(clientId).OfType<ThingDisconnected>().Count() > ordinal);
        return Of(clientId).OfType<ThingDisconnected>().ElementAt(ordinal);
    }
}
