using System.Collections.Concurrent;
using Connectivity.Gateway.Access;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>Admits every device, with its user name as the principal, unless the test decides otherwise.</summary>
public sealed class TestAccess : IDeviceAccess
{
    private readonly ConcurrentQueue<DeviceClaim> _claims = new();

    public Func<DeviceClaim, CancellationToken, Task<DeviceAdmission>> Decide { get; set; } =
        (claim, _) => Task.FromResult(Admit(new TestIdentity { PrincipalIdentifier = claim.UserName }));

    public Func<ValueTask<bool>> Releases { get; set; } = () => ValueTask.FromResult(false);

    /// <summary>The claims in order. The gateway has wiped their passwords and certificates.</summary>
    public IReadOnlyList<DeviceClaim> Claims => [.. _claims];

    public static DeviceAdmission Admit(TestIdentity identity) => new DeviceAdmission.Admitted(identity);

    public void Answer(Func<DeviceClaim, DeviceAdmission> answer) =>
        Decide = (claim, _) => Task.FromResult(answer(claim));

    /// <summary>Sets identities by client id; all other clients are permitted everything.</summary>
    public void Know(params (string ClientId, TestIdentity Identity)[] known) => Answer(claim =>
        Admit(known.FirstOrDefault(one => one.ClientId == claim.ClientId).Identity ?? new TestIdentity()));

    public Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken)
    {
        _claims.Enqueue(claim);
        return Decide(claim, cancellationToken);
    }

    public ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken) => Releases();
}

/// <summary>Permits everything, unless the test decides otherwise.</summary>
public sealed class TestIdentity : IDeviceIdentity
{
    public string? PrincipalIdentifier { get; init; }

    public string? CredentialId { get; init; }

    public Func<string, bool> Publish { get; set; } = _ => true;

    public Func<string, bool> Subscribe { get; set; } = _ => true;

    public Func<string, bool> Receive { get; set; } = _ => true;

    public bool SocketInformation { get; set; }

    public bool MayPublish(string topic) => Publish(topic);

    public bool MaySubscribe(string filter) => Subscribe(filter);

    public bool MayReceive(string topic, bool withSocketInformation) =>
        Receive(topic) && (SocketInformation || !withSocketInformation);
}
