using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;

namespace Connectivity.Api.History;

/// <summary>
/// <c>GET /v1/things/{thingName}/connectivity</c>: the record of a thing, with its connection and both times. With
/// <c>asOf</c>: the record of the events that had occurred by then.
/// </summary>
public static class GetConnectivity
{
    /// <param name="OccurredAt">
    /// When it connected or disconnected, by the source's clock; omitted for a thing that never connected.
    /// </param>
    /// <param name="Inferred">
    /// While disconnected: whether that was concluded from the failure of what would have reported it.
    /// </param>
    /// <param name="ConnectedAt">When the connection began, if its connect or its end reports it.</param>
    public sealed record Response(
        string ThingName,
        bool Connected,
        DateTimeOffset? OccurredAt,
        string DisconnectReason,
        bool? Inferred,
        string? ClientId,
        string? PrincipalIdentifier,
        DateTimeOffset? ConnectedAt,
        DateTimeOffset? DisconnectedAt,
        ConnectionKey? Connection,
        int? KeepAliveDuration,
        bool? CleanSession,
        long? SessionExpiry,
        SocketInformation? Socket);

    /// <param name="asOf">An RFC 3339 time with an offset.</param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in.
    /// </param>
    public static async Task<IResult> Handle(
        string thingName,
        string? asOf,
        bool? includeSocketInformation,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        EventHistory history)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        DateTimeOffset time = default;
        if (asOf is not null && !Rfc3339.TryParse(asOf, out time, out var error))
            return Problems.Of(StatusCodes.Status400BadRequest, $"asOf {error}.");
        caller.Require(caller.ThingArn(thingName), includeSocketInformation is true);

        var known = await connectivity.GetAsync(caller.Account, thingName, context.RequestAborted);
        if (!known.IsIndexed) return ThingProblems.IndexingOff();
        if (known.Record is not { } record) return ThingProblems.NotFound();
        if (asOf is not null)
            record = await history.AsOfAsync(caller.Account, record.ThingId, time, context.RequestAborted);

        return V1Json.Ok(new Response(
            thingName,
            record.IsConnected,
            record.OccurredAt,
            record.DisconnectReason,
            record.Disconnect?.Inferred,
            record.Latest?.ClientId,
            record.Connect?.PrincipalIdentifier ?? record.Disconnect?.PrincipalIdentifier,
            record.ConnectedAt,
            record.Disconnect?.OccurredAt,
            record.Latest?.Connection,
            record.Session.KeepAliveDuration,
            record.Session.CleanSession,
            record.Session.SessionExpiry,
            includeSocketInformation is true && known.ReleasesSocketInformation ? record.Socket : null));
    }
}
