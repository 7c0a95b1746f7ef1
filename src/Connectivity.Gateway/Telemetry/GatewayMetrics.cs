using System.Diagnostics.Metrics;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Telemetry;

/// <summary>What the gateway counts.</summary>
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
            "connectivity.gateway.refused_connects", "{connect}", "Connections that were not let in, by reason.");
        _droppedPresence = _meter.CreateCounter<long>(
            "connectivity.gateway.dropped_connect_failed", "{message}", "Presence messages on failed connects that were not published: too many at once.");
    }

    public void RefusedConnect(MqttConnectReasonCode code) => RefusedConnect(code switch
    {
        MqttConnectReasonCode.NotAuthorized => "not_authorized",
        MqttConnectReasonCode.BadUserNameOrPassword => "bad_credentials",
        MqttConnectReasonCode.ServerUnavailable => "unavailable",
        _ => "unacceptable",
    });

    /// <param name="reason">One of a few: <c>tls</c>, <c>timeout</c>, <c>malformed</c>, or a CONNACK's.</param>
    public void RefusedConnect(string reason) => _refusedConnects.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void DroppedPresence() => _droppedPresence.Add(1);

    /// <summary>What is counted elsewhere already.</summary>
    public void Observe(Func<int> openConnections, Func<long> refusedSockets, Func<long> lostEvents, Func<long> spilledBytes)
    {
        _meter.CreateObservableUpDownCounter(
            "connectivity.gateway.connections", openConnections, "{connection}", "Open connections, those not let in yet among them.");
        _meter.CreateObservableCounter(
            "connectivity.gateway.refused_sockets", refusedSockets, "{connection}", "Connections closed at once because as many as allowed were open.");
        _meter.CreateObservableCounter(
            "connectivity.gateway.lost_events", lostEvents, "{event}",
            "Lifecycle events lost because the sink failed for longer than memory and disk could hold.");
        _meter.CreateObservableUpDownCounter(
            "connectivity.gateway.spilled_bytes", spilledBytes, "By", "Lifecycle events that wait on disk until they can be stored.");
    }
}
