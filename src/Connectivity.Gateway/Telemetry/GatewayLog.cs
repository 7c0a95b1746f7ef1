using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Telemetry;

/// <summary>What the gateway logs: counts and types, never an address, a credential or a payload.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(
        2, LogLevel.Information, "The MQTT endpoint has stopped; {Lost} lifecycle events were lost since its start")]
    public static partial void Stopped(this ILogger logger, long lost);

    [LoggerMessage(
        3, LogLevel.Warning,
        "Connections are refused: {Open} are open, which is the maximum ({Refused} refused so far)")]
    public static partial void TooManyConnections(this ILogger logger, int open, long refused);

    [LoggerMessage(
        4, LogLevel.Warning, "A connection could not be accepted ({Error}); trying again in {RetryDelay} ms")]
    public static partial void AcceptFailed(this ILogger logger, string error, double retryDelay);

    [LoggerMessage(
        5, LogLevel.Warning,
        "Lifecycle events can't be stored ({Error}); they wait and are retried until they are stored")]
    public static partial void SinkFailed(this ILogger logger, string error);

    [LoggerMessage(15, LogLevel.Information, "Lifecycle events are stored again")]
    public static partial void SinkRecovered(this ILogger logger);

    [LoggerMessage(
        16, LogLevel.Error, "Waiting lifecycle events can't be written to disk ({Error}): they are in memory only")]
    public static partial void SpillFailed(this ILogger logger, string error);

    [LoggerMessage(
        17, LogLevel.Critical,
        "A file of waiting lifecycle events can't be read ({Error}); it is kept for the next start")]
    public static partial void SpillUnreadable(this ILogger logger, string error);

    [LoggerMessage(6, LogLevel.Critical, "Lifecycle events are being lost: {Lost} so far")]
    public static partial void EventsLost(this ILogger logger, long lost);

    [LoggerMessage(
        7, LogLevel.Warning,
        "Stopped before all lifecycle events were stored: {Lost} are lost, {Bytes} bytes of events wait on disk")]
    public static partial void StoppedWithUndelivered(this ILogger logger, long lost, long bytes);

    [LoggerMessage(
        8, LogLevel.Warning, "{Rejected} lifecycle events of this gateway were rejected; check the clock of this host")]
    public static partial void EventsRejected(this ILogger logger, int rejected);

    [LoggerMessage(9, LogLevel.Debug, "A presence message was not published ({Error})")]
    public static partial void PresenceNotPublished(this ILogger logger, string error);

    [LoggerMessage(10, LogLevel.Warning, "Messages to slow clients are dropped: {Dropped} so far")]
    public static partial void MessagesDropped(this ILogger logger, long dropped);

    [LoggerMessage(11, LogLevel.Warning, "Serving a connection failed in {Source} ({Error})")]
    public static partial void ServingFailed(this ILogger logger, string source, string error);

    [LoggerMessage(13, LogLevel.Warning, "The host's decision on a device failed ({Error}); it counts as a refusal")]
    public static partial void AccessFailed(this ILogger logger, string error);

    [LoggerMessage(
        14, LogLevel.Error, "The server's certificate is not available ({Error}): TLS connections are refused")]
    public static partial void NoServerCertificate(this ILogger logger, string error);

    [LoggerMessage(12, LogLevel.Error, "The check of keep-alives failed ({Error})")]
    public static partial void KeepAliveCheckFailed(this ILogger logger, string error);
}
