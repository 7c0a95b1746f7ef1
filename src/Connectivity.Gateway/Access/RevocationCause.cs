namespace Connectivity.Gateway.Access;

/// <summary>
/// Why open connections are ended, and the disconnect reason that is reported. Source: AWS IoT developer guide,
/// "Lifecycle events".
/// </summary>
public enum RevocationCause
{
    /// <summary>The credential is no longer valid: <c>AUTH_ERROR</c>.</summary>
    Credential,

    /// <summary>The credential is valid, but the device may no longer connect: <c>FORBIDDEN_ACCESS</c>.</summary>
    Permission,
}
