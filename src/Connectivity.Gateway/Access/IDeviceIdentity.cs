namespace Connectivity.Gateway.Access;

/// <summary>
/// Who an open connection belongs to, and what it may do. The host implements it. The gateway keeps no answer: a policy that changes
/// holds from the next message on, without a reconnect. The methods are called for each message, from many threads at once, and must
/// not block; what they throw counts as no.
/// </summary>
public interface IDeviceIdentity
{
    /// <summary>What lifecycle events carry: a certificate's id, or another name of whoever authenticated; null if there is none.</summary>
    string? PrincipalIdentifier { get; }

    /// <summary>
    /// What the device authenticated with, so that its connections can be found when it is revoked; null if it needed nothing.
    /// </summary>
    string? CredentialId { get; }

    /// <summary>
    /// Whether the device may publish, its will included. Topics that begin with <c>$</c> are closed, and not asked about.
    /// </summary>
    bool MayPublish(string topic);

    /// <param name="filter">Well formed: MQTT 5.0, section 4.7.</param>
    bool MaySubscribe(string filter);

    /// <summary>Asked for every message that a subscription of the device matches.</summary>
    /// <param name="withSocketInformation">The message holds the address of another device: that must be allowed too.</param>
    bool MayReceive(string topic, bool withSocketInformation);
}
