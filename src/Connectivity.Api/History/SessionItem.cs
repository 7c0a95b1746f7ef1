using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;

namespace Connectivity.Api.History;

/// <summary>A connection of a thing, as lists return it.</summary>
/// <param name="ConnectedAt">When it began, by the source's clock; omitted where neither event reports it.</param>
/// <param name="DisconnectedAt">When it ended; omitted where no end is known.</param>
/// <param name="DurationSeconds">How long it lasted; omitted where that is not known.</param>
/// <param name="Ended">
/// reported, inferred (concluded from the failure of what would have reported it), open (it is the newest one and has
/// not ended), or unreported (a newer one began before its end was reported).
/// </param>
/// <param name="ConnectReported">Whether its connect was reported.</param>
/// <param name="DisconnectReason">The effective reason of its end.</param>
/// <param name="ReportedReason">The reason as the source gave it.</param>
public sealed record SessionItem(
    DateTimeOffset? ConnectedAt,
    DateTimeOffset? DisconnectedAt,
    double? DurationSeconds,
    string Ended,
    string? DisconnectReason,
    string? ReportedReason,
    bool? ClientInitiatedDisconnect,
    bool ConnectReported,
    ConnectionKey Connection,
    string? PrincipalIdentifier,
    int? KeepAliveDuration,
    bool? CleanSession,
    long? SessionExpiry,
    SocketInformation? Socket)
{
    public static SessionItem Of(SessionWithEvents listed, bool isNewest, bool releaseSocket)
    {
        var (session, connect, disconnect, _) = listed;
        var details = (connect?.Session ?? SessionDetails.None).Or(disconnect?.Session ?? SessionDetails.None);
        return new SessionItem(
            session.ConnectedAt,
            session.End?.At,
            Duration(session)?.TotalSeconds,
            session.End switch
            {
                null => isNewest ? "open" : "unreported",
                { Inferred: true } => "inferred",
                _ => "reported",
            },
            session.End?.Reason,
            disconnect?.ReportedReason,
            disconnect?.ClientInitiated,
            session.ReportedConnect is not null,
            session.Connection,
            connect?.PrincipalIdentifier ?? disconnect?.PrincipalIdentifier,
            details.KeepAliveDuration,
            details.CleanSession,
            details.SessionExpiry,
            releaseSocket
                ? (connect?.Socket ?? SocketInformation.None).Or(disconnect?.Socket ?? SocketInformation.None)
                : null);
    }

    /// <summary>By clocks that differ, an end can be earlier than its connect.</summary>
    private static TimeSpan? Duration(Session session) =>
        session.ConnectedAt is not { } connectedAt || session.End is not { } end ? null
        : end.At > connectedAt ? end.At - connectedAt
        : TimeSpan.Zero;
}
