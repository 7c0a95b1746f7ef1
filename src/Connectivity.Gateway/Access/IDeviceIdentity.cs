namespace Connectivity.Gateway.Access;

/// <summary>
/// The identity of an open connection, and what it may do. The host implements it. The gateway caches no answer: a
/// changed policy applies from the next message on, without a reconnect. The methods are called for each message, from
/// many threads at once, and must not block; an exception counts as no.
/// </summary>
public interface IDeviceIdentity
{
    /// <summary>
    /// The principal in lifecycle events: a certificate's id, or another name of the authenticated principal; null if
    /// there is none.
    /// </summary>
    string? PrincipalIdentifier { get; }

    /// <summary>
    /// The credential that the device authenticated with, so that its connections can be found when the credential is
    /// revoked; null if it needed none.
    /// </summary>
    string? CredentialId { get; }

    /// <summary>
    /// Whether the device may publish, its will included. Not called for topics that begin with <c>$</c>: no device may
    /// publish there.
    /// </summary>
    bool MayPublish(string topic);

    /// <param name="filter">Well formed: MQTT 5.0, section 4.7.</param>
    bool MaySubscribe(string filter);

    /// <summary>Called for every message that matches a subscription of the device.</summary>
    /// <param name="withSocketInformation">
    /// The message contains the address of another device, which must be allowed too.
    /// </param>
    bool MayReceive(string topic, bool withSocketInformation);
}
