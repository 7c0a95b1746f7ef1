using System.Net;
using System.Threading.Channels;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// The queue of refused connects for the subscribers of <c>connect_failed</c>. Adding never waits, so that a refusal
/// never does. The queue is bounded, because a client without credentials can cause any number of refusals.
/// </summary>
internal sealed class FailedConnects
{
    private const int Capacity = 1000;
    private readonly ReservedTopics _topics;
    private readonly TimeProvider _clock;
    private readonly Channel<PresenceEvent> _waiting;

    public FailedConnects(ReservedTopics topics, GatewayMetrics metrics, TimeProvider clock)
    {
        _topics = topics;
        _clock = clock;
        _waiting = Channel.CreateBounded<PresenceEvent>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => metrics.DroppedPresence());
    }

    public void Add(string clientId, string? principalIdentifier, IPAddress source)
    {
        // The usual case, which costs nothing.
        if (!_topics.HasSubscribers) return;
        _waiting.Writer.TryWrite(
            PresenceEvent.ConnectFailed(
                clientId, EventTime.Truncate(_clock.GetUtcNow()), principalIdentifier, source.ToString()));
    }

    public async Task PublishAsync(PresencePublisher publisher, CancellationToken cancellationToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
            await publisher.PublishAsync(Waiting(), cancellationToken);
    }

    /// <summary>Accepts no more; what waits is still published.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    private IEnumerable<PresenceEvent> Waiting()
    {
        for (var i = 0; i < Capacity && _waiting.Reader.TryRead(out var next); i++) yield return next;
    }
}
