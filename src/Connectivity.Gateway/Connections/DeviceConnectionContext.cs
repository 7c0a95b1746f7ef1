using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Connections;

/// <summary>What all connections of a gateway share.</summary>
internal sealed record DeviceConnectionContext(
    GatewayOptions Options,
    ConnectionLimiter Limiter,
    ActiveConnections Active,
    EventQueue Events,
    VersionNumbers Versions,
    RoutingBounds Bounds,
    ReservedTopics Reserved,
    ConnectAdmission Admission,
    GatewayMetrics Metrics,
    FreezeDetector Freezes,
    TimeProvider Clock,
    ILogger Logger);
