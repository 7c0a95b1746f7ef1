namespace Connectivity.Gateway.Access;

/// <summary>Why open connections are ended, and the disconnect reason that is reported. Source: AWS IoT developer guide, "Lifecycle events".</summary>
public enum RevocationCause
{
    /// <summary>What the device authenticated with holds no more: <c>AUTH_ERROR</c>.</summary>
    Credential,

    /// <summary>The device is who it is, and may not be connected any more: <c>FORBIDDEN_ACCESS</c>.</summary>
    Permission,
}
