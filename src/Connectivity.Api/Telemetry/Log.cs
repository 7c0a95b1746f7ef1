namespace Connectivity.Api;

/// <summary>
/// Everything the host logs itself. No secret, no payload and no socket address goes in. Numbers: 1 the start and stop, 100 requests, 200
/// purge, 300 gateway.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Data is in {Directory}")]
    public static partial void DataDirectory(this ILogger logger, string directory);

    [LoggerMessage(2, LogLevel.Information, "Data is in the PostgreSQL database that ConnectionStrings:Connectivity names")]
    public static partial void ConfiguredDatabase(this ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "HTTP is served at {Url}")]
    public static partial void ServingHttp(this ILogger logger, string url);

    [LoggerMessage(4, LogLevel.Information, "MQTT is served at {Address}:{Port}")]
    public static partial void ServingMqtt(this ILogger logger, string address, int port);

    [LoggerMessage(5, LogLevel.Information,
        "Ask with: aws --endpoint-url {Url} --region {Region} --no-sign-request iot get-thing-connectivity-data --thing-name NAME")]
    public static partial void AskWith(this ILogger logger, string url, string region);

    [LoggerMessage(6, LogLevel.Warning, "Requests are not authenticated, and Connectivity:AllowAnonymous lets the host listen beyond loopback")]
    public static partial void AnonymousBeyondLoopback(this ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "The database can't be reached yet; trying until {Seconds} s have passed")]
    public static partial void WaitingForDatabase(this ILogger logger, double seconds);

    [LoggerMessage(100, LogLevel.Error, "{Method} request failed")]
    public static partial void RequestFailed(this ILogger logger, string method, Exception exception);

    [LoggerMessage(101, LogLevel.Warning, "The database is unavailable")]
    public static partial void DatabaseUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Warning, "Connectivity indexing was turned off in {Account}: {Things} things and {Events} events were purged")]
    public static partial void ConnectivityPurged(this ILogger logger, string account, long things, long events);

    [LoggerMessage(201, LogLevel.Warning, "Deleted names could not be forgotten; trying again")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(300, LogLevel.Warning, "Listening for lives that begin was interrupted; trying again")]
    public static partial void ListeningInterrupted(this ILogger logger, Exception exception);
}
