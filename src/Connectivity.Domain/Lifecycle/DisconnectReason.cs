using System.Text.RegularExpressions;

namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// Why a device is not connected. The known names are those of the AWS IoT API reference, GetThingConnectivityData; any
/// other name is passed through unchanged, as the AWS clients do.
/// </summary>
public static partial class DisconnectReason
{
    public const string AuthError = "AUTH_ERROR";
    public const string ClientInitiatedDisconnect = "CLIENT_INITIATED_DISCONNECT";
    public const string ClientError = "CLIENT_ERROR";
    public const string ConnectionLost = "CONNECTION_LOST";
    public const string DuplicateClientId = "DUPLICATE_CLIENTID";
    public const string ForbiddenAccess = "FORBIDDEN_ACCESS";
    public const string MqttKeepAliveTimeout = "MQTT_KEEP_ALIVE_TIMEOUT";
    public const string ServerError = "SERVER_ERROR";
    public const string ServerInitiatedDisconnect = "SERVER_INITIATED_DISCONNECT";
    public const string ApiInitiatedDisconnect = "API_INITIATED_DISCONNECT";
    public const string Throttled = "THROTTLED";
    public const string WebSocketTtlExpiration = "WEBSOCKET_TTL_EXPIRATION";
    public const string CustomAuthTtlExpiration = "CUSTOMAUTH_TTL_EXPIRATION";

    /// <summary>Never connected, or disconnected for a reason that the source did not report.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>Connected. Appears in responses only, never in an event.</summary>
    public const string None = "NONE";

    /// <summary>
    /// Whether an event may carry this reason: upper-case words joined by underscores, and not <see cref="None"/>.
    /// </summary>
    public static bool IsValid(string reason) => reason != None && Form().IsMatch(reason);

    [GeneratedRegex(@"\A[A-Z][A-Z0-9_]{0,63}\z")]
    private static partial Regex Form();
}
