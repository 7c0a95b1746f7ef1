namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The latest known connectivity of a thing: the newest connection, with its connect and its disconnect as far as they
/// are known. Everything a query returns is derived from these two events.
/// </summary>
/// <param name="ThingId">Identifies the incarnation of the thing; the key of its stream.</param>
public sealed record ConnectivityRecord(string ThingId, ThingConnected? Connect, ThingDisconnected? Disconnect)
{
    /// <summary>The record of a thing without events.</summary>
    public static ConnectivityRecord NeverConnected(string thingId) => new(thingId, null, null);

    /// <summary>A disconnect outranks the connect of the same connection, whichever arrives first.</summary>
    public bool IsConnected => Connect is not null && Disconnect is null;

    /// <summary>The time of the latest connect or disconnect, or null for a thing that never connected.</summary>
    public DateTimeOffset? OccurredAt => Latest?.OccurredAt;

    /// <summary>
    /// One of <see cref="Lifecycle.DisconnectReason"/>; <c>NONE</c> while connected, <c>UNKNOWN</c> for a thing that
    /// never connected.
    /// </summary>
    public string DisconnectReason => Latest switch
    {
        ThingDisconnected disconnect => disconnect.Reason,
        ThingConnected => Lifecycle.DisconnectReason.None,
        _ => Lifecycle.DisconnectReason.Unknown,
    };

    /// <summary>The details of the session; those from its connect take precedence.</summary>
    public SessionDetails Session =>
        (Connect?.Session ?? SessionDetails.None).Or(Disconnect?.Session ?? SessionDetails.None);

    /// <summary>The addresses of the connection; those from its connect take precedence.</summary>
    public SocketInformation Socket =>
        (Connect?.Socket ?? SocketInformation.None).Or(Disconnect?.Socket ?? SocketInformation.None);

    /// <summary>When the newest connection began, if its connect or its end reports it.</summary>
    public DateTimeOffset? ConnectedAt => Connect?.OccurredAt ?? Disconnect?.ConnectedAt;

    /// <summary>The event that determines the current state, or null for a thing that never connected.</summary>
    public LifecycleEvent? Latest => Disconnect ?? (LifecycleEvent?)Connect;

    /// <summary>
    /// The record after one more event. Total: an event that changes nothing, because it is older or was seen before,
    /// leaves the record equal to what it was. For every set of events that one conforming source can emit, every order
    /// of delivery, with any repetition, ends in the same record: the newest connection is a maximum, and so are its
    /// connect and its disconnect.
    /// </summary>
    public static ConnectivityRecord Evolve(ConnectivityRecord record, LifecycleEvent next)
    {
        var order = record.Latest is { } latest
            ? ConnectionOrder.Compare(
                next.Connection, next.ConnectionTime, latest.Connection, latest.ConnectionTime)
            : 1;
        if (order < 0) return record;
        if (order > 0) record = NeverConnected(record.ThingId);
        return next switch
        {
            ThingConnected connect when record.Connect is null || connect.OccurredAt > record.Connect.OccurredAt =>
                record with { Connect = connect },
            ThingDisconnected disconnect when record.Disconnect is null || SessionEnd.Of(disconnect).Outranks(SessionEnd.Of(record.Disconnect)) =>
                record with { Disconnect = disconnect },
            _ => record,
        };
    }
}
