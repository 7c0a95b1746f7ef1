using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Access;

/// <summary>Which connections must end, and why.</summary>
internal sealed record Revocation(Func<string, IDeviceIdentity, bool> Concerns, RevocationCause Cause)
{
    public string Reason =>
        Cause == RevocationCause.Credential ? DisconnectReason.AuthError : DisconnectReason.ForbiddenAccess;
}
