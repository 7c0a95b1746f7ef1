using Connectivity.Api.AwsSurface.Things;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Status;

/// <summary>
/// GetThingConnectivityData: whether a device is connected, since when, and if not, why. Source: AWS IoT API reference,
/// GetThingConnectivityData.
/// </summary>
public static class GetThingConnectivityData
{
    /// <param name="Timestamp">
    /// Epoch seconds of the latest connect or disconnect; omitted for a thing that never connected.
    /// </param>
    public sealed record Response(
        string ThingName,
        bool Connected,
        decimal? Timestamp,
        string DisconnectReason,
        int? KeepAliveDuration,
        bool? CleanSession,
        long? SessionExpiry,
        string? ClientId,
        string? SourceIp,
        int? SourcePort,
        string? TargetIp,
        int? TargetPort,
        string? VpcEndpointId);

    public static async Task<JsonHttpResult<Response>> Handle(
        string thingName, HttpContext context, Caller caller, ConnectivityQuery connectivity)
    {
        ThingNameValidation.Check(thingName, "thingName", sensitive: true);
        var body = await AwsRequestBody.ReadAsync(context);
        var includeSocketInformation = body.Boolean("includeSocketInformation") ?? false;
        caller.Require(caller.ThingArn(thingName), includeSocketInformation);

        var known = await connectivity.GetAsync(caller.Account, thingName, context.RequestAborted);
        if (!known.IsIndexed)
            throw new AwsException(AwsError.IndexNotReady(
                "Thing connectivity indexing is off. Turn it on by calling UpdateIndexingConfiguration with "
                + "thingConnectivityIndexingMode STATUS"));
        if (known.Record is not { } record) throw DescribeThing.NotFound(thingName);

        var socket = includeSocketInformation && known.ReleasesSocketInformation
            ? record.Socket
            : SocketInformation.None;
        return AwsJson.Ok(new Response(
            thingName,
            record.IsConnected,
            record.OccurredAt is { } time ? AwsJson.Timestamp(time) : null,
            record.DisconnectReason,
            record.Session.KeepAliveDuration,
            record.Session.CleanSession,
            record.Session.SessionExpiry,
            record.Latest?.ClientId,
            socket.SourceIp,
            socket.SourcePort,
            socket.TargetIp,
            socket.TargetPort,
            socket.VpcEndpointId));
    }
}
