using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>
/// <c>GET /v1/things/{thingName}/connectivity</c>: the record of a thing, with its connection and both times. With
/// <c>asOf</c>: the record at that time, by what is known now or by what was known then.
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

    /// <param name="asOf">A time in the past, in RFC 3339 with an offset; the present if it is omitted.</param>
    /// <param name="by">
    /// occurredAt (the default): what was true at asOf, as far as is known now; recordedAt: what was known at asOf.
    /// </param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in.
    /// </param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        string thingName,
        string? asOf,
        string? by,
        bool? includeSocketInformation,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        PastConnectivity past)
    {
        if (!TimeRange.TryParse("asOf", asOf, out var time, out var wrong)
            || !ListingOrder.TryParseTime(by, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (by is not null && time is null)
            return Problems.Of(StatusCodes.Status400BadRequest, "by needs asOf.");
        var (thing, problem) = await AskedThing.FindAsync(
            thingName, includeSocketInformation, caller, connectivity, context.RequestAborted);
        if (thing is null) return problem!;

        var record = time is not { } at ? thing.Record
            : ListingOrder.IsByRecordedAt(by)
                ? (await past.KnownAtAsync(caller.Account, [thing.ThingId], at, context.RequestAborted))[0]
                : (await past.TrueAtAsync(caller.Account, [thing.Record], at, context.RequestAborted))[0];
        return TypedResults.Ok(Of(thingName, record, thing.ReleasesSocketInformation));
    }

    internal static Response Of(string thingName, ConnectivityRecord record, bool releaseSocket) =>
        new(
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
            releaseSocket ? record.Socket : null);
}
