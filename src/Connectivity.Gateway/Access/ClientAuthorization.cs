using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Access;

/// <summary>
/// What the device of one connection may do, and whether it may stay connected. Nothing is allowed before a grant.
/// </summary>
internal sealed class ClientAuthorization(ILogger logger)
{
    private readonly Lock _lock = new();
    private List<Revocation>? _revocationsWhileDeciding;
    private volatile IDeviceIdentity? _identity;
    private string _clientId = "";
    private int _failures;

    public string? PrincipalIdentifier => _identity?.PrincipalIdentifier;

    /// <inheritdoc cref="DeviceAdmission.Admitted" path="/param"/>
    public long LastVersionNumber { get; private set; }

    /// <summary>Collects revocations from here on: the host's answer may rest on what one of them revokes.</summary>
    public void BeginDecision()
    {
        lock (_lock) _revocationsWhileDeciding = [];
    }

    /// <summary>False if the identity was revoked since <see cref="BeginDecision"/>.</summary>
    public bool TryGrant(string clientId, IDeviceIdentity identity, long lastVersionNumber)
    {
        lock (_lock)
        {
            var revoked =
                _revocationsWhileDeciding?.Exists(revocation => revocation.Concerns(clientId, identity)) is true;
            _revocationsWhileDeciding = null;
            if (revoked) return false;
            (_clientId, _identity, LastVersionNumber) = (clientId, identity, lastVersionNumber);
            return true;
        }
    }

    /// <summary>
    /// Whether the revocation ends the connection. While the host decides, the revocation is kept for the decision.
    /// </summary>
    public bool IsEndedBy(Revocation revocation)
    {
        lock (_lock)
        {
            if (_identity is { } identity) return revocation.Concerns(_clientId, identity);
            _revocationsWhileDeciding?.Add(revocation);
            return false;
        }
    }

    public bool MayPublish(string topic) =>
        !TopicRules.IsReserved(topic) && Allows(topic, static (identity, topic) => identity.MayPublish(topic));

    public bool MaySubscribe(string filter) =>
        Allows(filter, static (identity, filter) => identity.MaySubscribe(filter));

    public bool MayReceive(string topic, bool withSocketInformation) => withSocketInformation
        ? Allows(topic, static (identity, topic) => identity.MayReceive(topic, true))
        : Allows(topic, static (identity, topic) => identity.MayReceive(topic, false));

    private bool Allows(string topic, Func<IDeviceIdentity, string, bool> permission)
    {
        try
        {
            return _identity is { } identity && permission(identity, topic);
        }
        catch (Exception exception)
        {
            // Logged once for each connection: every message may fail.
            if (Interlocked.Exchange(ref _failures, 1) == 0) logger.AccessFailed(exception.GetType().Name);
            return false;
        }
    }
}
