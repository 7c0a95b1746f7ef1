using Connectivity.Domain.Lifecycle;

namespace Connectivity.Domain.History;

/// <summary>
/// A connection of a thing, as its events tell it: when it began, and when and why it ended. At least one of its two
/// events is known.
/// </summary>
/// <param name="ReportedConnect">When its connect occurred; null while that was not reported.</param>
/// <param name="End">Null while no end was reported or inferred.</param>
public sealed record Session(ConnectionKey Connection, DateTimeOffset? ReportedConnect, SessionEnd? End)
{
    /// <summary>When it began, if its connect or its end reports that.</summary>
    public DateTimeOffset? ConnectedAt => ReportedConnect ?? End?.ConnectedAt;

    /// <summary>The earliest moment that is known of it. In the order of connections it counts with this time.</summary>
    public DateTimeOffset Start => ConnectedAt ?? End!.Value.At;

    /// <summary>The newest session of a record; null for a thing that never connected.</summary>
    public static Session? Of(ConnectivityRecord record) => record.Latest is { } latest
        ? new Session(
            latest.Connection, record.Connect?.OccurredAt,
            record.Disconnect is { } disconnect ? SessionEnd.Of(disconnect) : null)
        : null;

    /// <summary>The session of which only this event is known.</summary>
    public static Session Of(LifecycleEvent lifecycleEvent) =>
        new Session(lifecycleEvent.Connection, null, null).With(lifecycleEvent);

    /// <summary>
    /// The session after one more event of it: the rule of <see cref="ConnectivityRecord.Evolve"/> within a connection.
    /// </summary>
    public Session With(LifecycleEvent lifecycleEvent) => lifecycleEvent switch
    {
        ThingConnected connect when ReportedConnect is null || connect.OccurredAt > ReportedConnect =>
            this with { ReportedConnect = connect.OccurredAt },
        ThingDisconnected disconnect when End is null || SessionEnd.Of(disconnect).Outranks(End.Value) =>
            this with { End = SessionEnd.Of(disconnect) },
        _ => this,
    };

    public bool IsNewerThan(Session other) =>
        ConnectionOrder.Compare(Connection, Start, other.Connection, other.Start) > 0;

    /// <summary>The state at a time since <see cref="Start"/>: <see cref="ThingState"/>.</summary>
    public string StateAt(DateTimeOffset time) =>
        End is { } end && end.At <= time ? end.Reason : ThingState.Connected;
}
