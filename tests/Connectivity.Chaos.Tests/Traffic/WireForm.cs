using System.Text.Json.Nodes;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>The JSON form in which a lifecycle event is posted.</summary>
public static class WireForm
{
    public static string Of(LifecycleEvent lifecycleEvent)
    {
        var json = new JsonObject
        {
            ["clientId"] = lifecycleEvent.ClientId,
            ["eventType"] = EventKind.Of(lifecycleEvent),
            ["timestamp"] = lifecycleEvent.OccurredAt.ToUnixTimeMilliseconds(),
            ["source"] = lifecycleEvent.Connection.Source,
            ["sessionIdentifier"] = lifecycleEvent.Connection.SessionIdentifier,
            ["versionNumber"] = lifecycleEvent.Connection.VersionNumber,
            ["principalIdentifier"] = lifecycleEvent.PrincipalIdentifier,
            ["keepAliveDuration"] = lifecycleEvent.Session.KeepAliveDuration,
            ["cleanSession"] = lifecycleEvent.Session.CleanSession,
            ["sessionExpiry"] = lifecycleEvent.Session.SessionExpiry,
            ["sourceIp"] = lifecycleEvent.Socket.SourceIp,
            ["sourcePort"] = lifecycleEvent.Socket.SourcePort,
            ["targetIp"] = lifecycleEvent.Socket.TargetIp,
            ["targetPort"] = lifecycleEvent.Socket.TargetPort,
        };
        if (lifecycleEvent is ThingDisconnected disconnected)
        {
            json["disconnectReason"] = disconnected.ReportedReason;
            json["clientInitiatedDisconnect"] = disconnected.ClientInitiated;
            json["connectedAt"] = disconnected.ConnectedAt?.ToUnixTimeMilliseconds();
            if (disconnected.Inferred) json["inferred"] = true;
        }

        return json.ToJsonString();
    }
}
