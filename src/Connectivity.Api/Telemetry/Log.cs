namespace Connectivity.Api.Telemetry;

/// <summary>
/// The log messages of the host itself. None contains a secret, a payload or a socket address. Event ids: from 1
/// startup and the database, from 100 requests, from 200 purge, from 300 gateway.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Data is in {Directory}")]
    public static partial void DataDirectory(this ILogger logger, string directory);

    [LoggerMessage(2, LogLevel.Information,
        "Data is in the PostgreSQL database that ConnectionStrings:Connectivity names")]
    public static partial void ConfiguredDatabase(this ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "HTTP is served at {Url}")]
    public static partial void ServingHttp(this ILogger logger, string url);

    [LoggerMessage(4, LogLevel.Information, "{Protocol} is served at {Address}:{Port}")]
    public static partial void ServingMqtt(this ILogger logger, string protocol, string address, int port);

    [LoggerMessage(5, LogLevel.Information,
        "Ask with: AWS_SHARED_CREDENTIALS_FILE={Credentials} aws --endpoint-url {Url} --region {Region} "
        + "iot get-thing-connectivity-data --thing-name NAME")]
    public static partial void AskWith(this ILogger logger, string credentials, string url, string region);

    [LoggerMessage(6, LogLevel.Warning,
        "Connectivity:AllowAnonymous is on: no request and no device is authenticated, and all are allowed everything")]
    public static partial void AnonymousAllowed(this ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "The database can't be reached yet; trying until {Seconds} s have passed")]
    public static partial void WaitingForDatabase(this ILogger logger, double seconds);

    [LoggerMessage(8, LogLevel.Information, "The first administrator's access key is in {Path}")]
    public static partial void FirstAdministratorAdded(this ILogger logger, string path);

    [LoggerMessage(9, LogLevel.Information, "The certificate has changed, and was read again")]
    public static partial void CertificateRead(this ILogger logger);

    [LoggerMessage(10, LogLevel.Error,
        "The certificate has changed and can't be read ({Error}); the previous one stays in use")]
    public static partial void CertificateUnreadable(this ILogger logger, string error);

    [LoggerMessage(11, LogLevel.Warning,
        "MQTT listens on loopback only, and not on {Address}, until a device has a credential; "
        + "the command `devices create` makes one")]
    public static partial void MqttWaitsForCredentials(this ILogger logger, string address);

    [LoggerMessage(12, LogLevel.Error,
        "The host's clock is {Seconds:0} s ahead of the database's (behind, if negative): "
        + "until the difference is below 2 minutes, the host is not ready and admits no device")]
    public static partial void ClockIsWrong(this ILogger logger, double seconds);

    [LoggerMessage(13, LogLevel.Information, "The host's clock agrees with the database's again")]
    public static partial void ClockIsRight(this ILogger logger);

    [LoggerMessage(100, LogLevel.Error, "{Method} request failed")]
    public static partial void RequestFailed(this ILogger logger, string method, Exception exception);

    [LoggerMessage(101, LogLevel.Warning, "The database is unavailable")]
    public static partial void DatabaseUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Warning,
        "Connectivity indexing was turned off in {Account}: {Events} events and their records were purged")]
    public static partial void ConnectivityPurged(this ILogger logger, string account, long events);

    [LoggerMessage(201, LogLevel.Warning, "Expired names of deleted things could not be removed; trying again")]
    public static partial void DeletedThingCleanupFailed(this ILogger logger, Exception exception);

    [LoggerMessage(202, LogLevel.Warning, "Counts of fleets could not be joined; trying again")]
    public static partial void FleetCountsNotJoined(this ILogger logger, Exception exception);

    [LoggerMessage(210, LogLevel.Warning,
        "The change feed of {Account} waits for a transaction under way: process {Process} of the database")]
    public static partial void FeedWaits(this ILogger logger, string account, int process);

    [LoggerMessage(211, LogLevel.Warning, "The change feed of {Account} was interrupted; trying again")]
    public static partial void FeedInterrupted(this ILogger logger, string account, Exception exception);

    [LoggerMessage(212, LogLevel.Warning, "Other hosts could not be notified of new events ({Error})")]
    public static partial void AppendNotNotified(this ILogger logger, string error);

    [LoggerMessage(300, LogLevel.Warning, "Listening for changes was interrupted; trying again")]
    public static partial void ListeningInterrupted(this ILogger logger, Exception exception);

    [LoggerMessage(301, LogLevel.Warning, "The lease of this gateway could not be renewed ({Error}); trying again")]
    public static partial void LeaseNotRenewed(this ILogger logger, string error);

    [LoggerMessage(302, LogLevel.Warning,
        "The lease of this gateway had expired; its open connections are reported again")]
    public static partial void LeaseExpired(this ILogger logger);

    [LoggerMessage(303, LogLevel.Warning, "{Sessions} orphaned sessions of a dead gateway were closed")]
    public static partial void OrphanedSessionsClosed(this ILogger logger, int sessions);

    [LoggerMessage(305, LogLevel.Warning, "The lease of this gateway could not be released ({Error}); it expires by itself")]
    public static partial void LeaseNotReleased(this ILogger logger, string error);

    [LoggerMessage(306, LogLevel.Warning, "The sessions of dead gateways could not be closed ({Error}); retrying")]
    public static partial void OrphanedSessionsNotClosed(this ILogger logger, string error);
}
