using System.Globalization;
using Connectivity.Access.Devices;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Domain;
using Connectivity.Gateway.Access;

namespace Connectivity.Api.Gateway;

/// <summary>
/// A device that has authenticated as its thing. Its policy and the attributes of its thing can change while it is
/// connected.
/// </summary>
public sealed class DeviceIdentity : IDeviceIdentity
{
    private readonly Account _account;
    private readonly string _thingName;
    private readonly TimeProvider _clock;

    // What the device and its connection are: kept, because the claim is not to be.
    private readonly RequestContext _connection;
    private volatile Authorization _authorization;

    /// <param name="authenticatedAt">When the stored credential was read, as a timestamp of the clock.</param>
    public DeviceIdentity(
        Account account, DeviceClaim claim, DeviceCredential credential, TimeProvider clock, long authenticatedAt)
    {
        (_account, _thingName, _clock) = (account, claim.ClientId, clock);
        (CredentialId, AuthenticatedAt) = (credential.CredentialId, authenticatedAt);
        _connection = ContextOf(claim);
        if (credential.Kind == DeviceCredential.Certificate && claim.ClientCertificate is { } certificate)
            CertificateConditionKeys.Set(_connection, certificate);
        _authorization = AuthorizationBy(credential);
    }

    public string PrincipalIdentifier => CredentialId;

    public string CredentialId { get; }

    public long AuthenticatedAt { get; }

    /// <summary>Takes over the policy and the attributes that are stored now.</summary>
    public void Apply(DeviceCredential credential) => _authorization = AuthorizationBy(credential);

    public bool MayConnect() => May(DevicePolicy.Connect, Arn.Client(_account.Region, _account.Id, _thingName));

    public bool MayPublish(string topic) => May(DevicePolicy.Publish, Arn.Topic(_account.Region, _account.Id, topic));

    public bool MaySubscribe(string filter) =>
        May(DevicePolicy.Subscribe, Arn.TopicFilter(_account.Region, _account.Id, filter));

    public bool MayReceive(string topic, bool withSocketInformation) =>
        May(DevicePolicy.Receive, Arn.Topic(_account.Region, _account.Id, topic), withSocketInformation);

    private bool May(string action, string resource, bool withSocketInformation = false)
    {
        var (policies, device) = _authorization;
        var now = _clock.GetUtcNow();
        var context = new RequestContext(device)
            .Set(DeviceConditionKeys.IncludeSocketInformation, withSocketInformation ? "true" : "false")
            .Set(
                DeviceConditionKeys.CurrentTime,
                now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .Set(DeviceConditionKeys.EpochTime, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        return PolicyEvaluation.Decide(policies, new AccessRequest(action, resource, context)).IsAllowed;
    }

    private RequestContext ContextOf(DeviceClaim claim)
    {
        var attributes = new List<string>();
        if (claim.WillTopic is not null) attributes.Add(DeviceConditionKeys.LastWill);
        if (claim.IsPersistent) attributes.Add(DeviceConditionKeys.PersistentConnect);
        var willTopic = claim.WillTopic is { } topic ? Arn.Topic(_account.Region, _account.Id, topic) : null;
        return new RequestContext()
            .Set(DeviceConditionKeys.ClientId, claim.ClientId)
            .Set(DeviceConditionKeys.ThingName, claim.ClientId)
            .Set(DeviceConditionKeys.IsAttached, "true")
            .Set(DeviceConditionKeys.SourceIp, claim.Source.ToString())
            .Set(DeviceConditionKeys.SecureTransport, claim.IsEncrypted ? "true" : "false")
            .Set(DeviceConditionKeys.DomainName, claim.ServerName?.ToLowerInvariant())
            .Set(DeviceConditionKeys.ConnectAttributes, attributes)
            .Set(DeviceConditionKeys.LastWillTopic, willTopic);
    }

    private Authorization AuthorizationBy(DeviceCredential credential)
    {
        var device = new RequestContext(_connection);
        foreach (var (name, value) in credential.ThingAttributes)
            device.Set(DeviceConditionKeys.Attribute(name), value);
        return new Authorization(DevicePolicy.Of(credential.Policy), device);
    }

    private sealed record Authorization(IReadOnlyList<AttachedPolicy> Policies, RequestContext Device);
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
