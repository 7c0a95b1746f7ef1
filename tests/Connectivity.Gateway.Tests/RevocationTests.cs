using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class RevocationTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, RevocationCause.Credential, "AUTH_ERROR")]
    [InlineData(MqttProtocolVersion.V500, RevocationCause.Credential, "AUTH_ERROR")]
    [InlineData(MqttProtocolVersion.V500, RevocationCause.Permission, "FORBIDDEN_ACCESS")]
    public async Task Only_the_connections_of_a_revoked_credential_end(
        MqttProtocolVersion version, RevocationCause cause, string reason)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(claim => TestAccess.Admit(new TestIdentity { CredentialId = claim.UserName }));
        var revoked = await gateway.ConnectAsync(
            "pump", version, with => with.WithCredentials("old").WithWillTopic("wills").WithWillPayload("gone"));
        var other = await gateway.ConnectAsync("valve", version, with => with.WithCredentials("new"));
        await other.SubscribeAsync("wills");

        gateway.Service.EndConnections((_, identity) => identity.CredentialId == "old", cause);
        await revoked.UntilEnded();
        if (version == MqttProtocolVersion.V500)
            revoked.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.NotAuthorized);
        var disconnect = await gateway.Sink.DisconnectOf("pump");
        disconnect.Reason.ShouldBe(reason);
        disconnect.ClientInitiated.ShouldBe(false);
        await other.UntilReceived(1);
        (await other.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
        gateway.Sink.Of("valve").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_can_be_ended_by_its_client_id()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        gateway.Service.EndConnections((clientId, _) => clientId == "pump", RevocationCause.Permission);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ForbiddenAccess);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_credential_revoked_during_the_decision_is_refused(bool concerned)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var called = new TaskCompletionSource();
        var answer = new TaskCompletionSource<DeviceAdmission>();
        gateway.Access.Decide = (_, _) =>
        {
            called.SetResult();
            return answer.Task;
        };
        var connecting = gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await called.Task.WaitAsync(TestContext.Current.CancellationToken);
        gateway.Service.EndConnections((_, identity) => identity.CredentialId == "old", RevocationCause.Credential);
        answer.SetResult(TestAccess.Admit(new TestIdentity { CredentialId = concerned ? "old" : "new" }));
        ((int)(await connecting).Granted.ResultCode).ShouldBe(concerned ? 0x87 : 0);
    }
}
