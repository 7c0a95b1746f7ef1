using System.Globalization;
using System.Net;
using Connectivity.Access.Devices;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Domain;
using Connectivity.Gateway.Access;

namespace Connectivity.Api.Gateway;

/// <summary>A device that has authenticated as its thing. Its policy can change while it is connected.</summary>
/// <param name="authenticatedAt">When its stored credential was read, as a timestamp of the clock.</param>
public sealed class DeviceIdentity(
    Account account,
    string thingName,
    string credentialId,
    IPAddress source,
    bool isEncrypted,
    TimeProvider clock,
    long authenticatedAt) : IDeviceIdentity
{
    private volatile IReadOnlyList<AttachedPolicy> _policies = [];

    public string PrincipalIdentifier => credentialId;

    public string CredentialId => credentialId;

    public long AuthenticatedAt => authenticatedAt;

    /// <param name="policy">The credential's own policy, or null for the default one.</param>
    public void ApplyPolicy(string? policy) => _policies = DevicePolicy.Of(policy);

    public bool MayConnect() => May(DevicePolicy.Connect, Arn.Client(account.Region, account.Id, thingName));

    public bool MayPublish(string topic) => May(DevicePolicy.Publish, Arn.Topic(account.Region, account.Id, topic));

    public bool MaySubscribe(string filter) =>
        May(DevicePolicy.Subscribe, Arn.TopicFilter(account.Region, account.Id, filter));

    public bool MayReceive(string topic, bool withSocketInformation) =>
        May(DevicePolicy.Receive, Arn.Topic(account.Region, account.Id, topic), withSocketInformation);

    private bool May(string action, string resource, bool withSocketInformation = false)
    {
        var now = clock.GetUtcNow();
        var context = new RequestContext()
            .Set(Caller.SocketInformationKey, withSocketInformation ? "true" : "false")
            .Set("iot:ClientId", thingName)
            .Set("iot:Connection.Thing.ThingName", thingName)
            .Set("iot:Connection.Thing.IsAttached", "true")
            .Set("aws:SourceIp", source.ToString())
            .Set("aws:SecureTransport", isEncrypted ? "true" : "false")
            .Set("aws:CurrentTime", now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .Set("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        return PolicyEvaluation.Decide(_policies, new AccessRequest(action, resource, context)).IsAllowed;
    }
}

/// <summary>
/// Any device while authentication is off: it is allowed everything, under the user name that it sends.
/// </summary>
public sealed record AnonymousDevice(string? PrincipalIdentifier) : IDeviceIdentity
{
    public string? CredentialId => null;

    public bool MayPublish(string topic) => true;

    public bool MaySubscribe(string filter) => true;

    public bool MayReceive(string topic, bool withSocketInformation) => true;
}
