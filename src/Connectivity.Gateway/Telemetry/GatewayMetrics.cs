using System.Diagnostics.Metrics;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Telemetry;

/// <summary>The metrics of the gateway.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Connectivity.Gateway";

    private readonly Meter _meter;
    private readonly Counter<long> _refusedConnects;
    private readonly Counter<long> _droppedPresence;

    public GatewayMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _refusedConnects = _meter.CreateCounter<long>(
            "connectivity.gateway.refused_connects", "{connect}", "Refused connects, by reason.");
        _droppedPresence = _meter.CreateCounter<long>(
            "connectivity.gateway.dropped_connect_failed", "{message}",
            "Presence messages of failed connects that were dropped because too many waited.");
    }

    public void RefusedConnect(MqttConnectReasonCode code) => RefusedConnect(code switch
    {
        MqttConnectReasonCode.NotAuthorized => "not_authorized",
        MqttConnectReasonCode.BadUserNameOrPassword => "bad_credentials",
        MqttConnectReasonCode.ServerUnavailable => "unavailable",
        _ => "unacceptable",
    });

    /// <param name="reason">
    /// <c>tls</c>, <c>timeout</c>, <c>malformed</c>, <c>displaced</c>, or the name of a CONNACK's code.
    /// </param>
    public void RefusedConnect(string reason) =>
        _refusedConnects.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void DroppedPresence() => _droppedPresence.Add(1);

    /// <summary>Exposes values that other classes count.</summary>
    public void Observe(
        Func<int> openConnections, Func<long> refusedSockets, Func<long> lostEvents, Func<long> spilledBytes)
    {
        _meter.CreateObservableUpDownCounter(
            "connectivity.gateway.connections", openConnections, "{connection}",
            "Open connections, unauthenticated ones included.");
        _meter.CreateObservableCounter(
            "connectivity.gateway.refused_sockets", refusedSockets, "{connection}",
            "Connections closed immediately because too many were open.");
        _meter.CreateObservableCounter(
            "connectivity.gateway.lost_events", lostEvents, "{event}",
            "Lifecycle events lost because the sink failed for longer than memory and disk could hold.");
        _meter.CreateObservableUpDownCounter(
            "connectivity.gateway.spilled_bytes", spilledBytes, "By",
            "Lifecycle events that wait on disk until they can be stored.");
    }
}
