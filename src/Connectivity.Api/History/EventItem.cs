using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;

namespace Connectivity.Api.History;

/// <summary>A stored event, as lists and the change feed return it.</summary>
/// <param name="Position">In the thing's stream, beginning with 1.</param>
/// <param name="OccurredAt">By the source's clock.</param>
/// <param name="RecordedAt">By the database's clock.</param>
/// <param name="Late">Whether it did not change the record when it was recorded.</param>
/// <param name="DisconnectReason">The effective reason of a disconnect.</param>
/// <param name="ReportedReason">The reason of a disconnect as its source gave it.</param>
/// <param name="ConnectedAt">When the connection of a disconnect began, if the source reports it.</param>
/// <param name="Inferred">
/// Of a disconnect: whether it was concluded from the failure of what would have reported it.
/// </param>
public sealed record EventItem(
    Guid EventId,
    string ThingName,
    long Position,
    string EventType,
    DateTimeOffset OccurredAt,
    DateTimeOffset RecordedAt,
    bool Late,
    string ClientId,
    ConnectionKey Connection,
    string? PrincipalIdentifier,
    string? DisconnectReason,
    string? ReportedReason,
    bool? ClientInitiatedDisconnect,
    DateTimeOffset? ConnectedAt,
    bool? Inferred,
    int? KeepAliveDuration,
    bool? CleanSession,
    long? SessionExpiry,
    SocketInformation? Socket)
{
    public static EventItem Of(RecordedEvent recorded, bool releaseSocket)
    {
        var (lifecycleEvent, disconnect) = (recorded.Event, recorded.Event as ThingDisconnected);
        return new EventItem(
            recorded.EventId,
            // Only the client whose id is the thing's name has events.
            lifecycleEvent.ClientId,
            recorded.Position,
            EventKind.Of(lifecycleEvent),
            lifecycleEvent.OccurredAt,
            recorded.RecordedAt,
            recorded.IsLate,
            lifecycleEvent.ClientId,
            lifecycleEvent.Connection,
            lifecycleEvent.PrincipalIdentifier,
            disconnect?.Reason,
            disconnect?.ReportedReason,
            disconnect?.ClientInitiated,
            disconnect?.ConnectedAt,
            disconnect?.Inferred,
            lifecycleEvent.Session.KeepAliveDuration,
            lifecycleEvent.Session.CleanSession,
            lifecycleEvent.Session.SessionExpiry,
            releaseSocket ? lifecycleEvent.Socket : null);
    }
}
