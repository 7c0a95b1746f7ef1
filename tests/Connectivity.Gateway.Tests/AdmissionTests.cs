using System.Net;
using System.Text;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class AdmissionTests
{
    public static readonly TheoryData<byte, string, byte> Refusals = new()
    {
        { 4, "refused", 5 },
        { 5, "refused", 0x87 },
        { 4, "bad credentials", 4 },
        { 5, "bad credentials", 0x86 },
        { 4, "unavailable", 3 },
        { 5, "unavailable", 0x88 },
        { 4, "throws", 3 },
        { 5, "throws", 0x88 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_connect_receives_the_reason_and_is_not_reported(byte level, string answer, byte code)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(_ => answer switch
        {
            "refused" => new DeviceAdmission.Refused(),
            "bad credentials" => new DeviceAdmission.Refused(BadCredentials: true),
            "unavailable" => new DeviceAdmission.Unavailable(),
            _ => throw new InvalidOperationException("the secret"),
        });
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("pump", level));
        // Without Session Present.
        (await client.ReadPacketAsync())![2..4].ShouldBe([0, code]);
        (await client.ReadPacketAsync()).ShouldBeNull();
        await gateway.StopAsync();
        gateway.Sink.Taken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Nothing_after_a_refused_CONNECT_is_processed(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(claim => claim.ClientId == "watcher"
            ? TestAccess.Admit(new TestIdentity())
            : new DeviceAdmission.Refused());
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("plant");
        using var client = await gateway.OpenAsync();
        byte[] none = level == 5 ? [0] : [];
        var publish = RawClient.Packet(0x32, [.. RawClient.String("plant"), 0, 1, .. none]);
        await client.SendAsync([.. RawClient.Connect("pump", level), .. publish]);
        (await client.ReadPacketAsync())![0].ShouldBe((byte)0x20);
        (await client.ReadPacketAsync()).ShouldBeNull();
        await watcher.PublishAsync("plant", "own");
        await watcher.UntilReceived(1);
        watcher.Received.Select(Device.Text).ShouldBe(["own"]);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(5, 0x88)]
    public async Task A_decision_that_times_out_is_answered_as_unavailable(byte level, byte code)
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        var called = new TaskCompletionSource();
        // The host ignores the cancellation.
        gateway.Access.Decide = (_, _) =>
        {
            called.TrySetResult();
            return new TaskCompletionSource<DeviceAdmission>().Task;
        };
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("pump", level));
        await called.Task.WaitAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(10));
        (await client.ReadPacketAsync())![3].ShouldBe(code);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Stopping_the_gateway_cancels_pending_decisions()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: new ManualClock());
        var called = new TaskCompletionSource<CancellationToken>();
        gateway.Access.Decide = (_, cancellation) =>
        {
            called.TrySetResult(cancellation);
            return new TaskCompletionSource<DeviceAdmission>().Task;
        };
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("pump"));
        var cancellation = await called.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gateway.StopAsync();
        cancellation.IsCancellationRequested.ShouldBeTrue();
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_CONNECT_without_a_password_claims_no_password(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("pump", level));
        (await client.ReadPacketAsync()).ShouldNotBeNull();
        gateway.Access.Claims.ShouldHaveSingleItem().Password.ShouldBeNull();
    }

    [Fact]
    public async Task The_host_receives_the_claims_of_the_device()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var password = "";
        ReadOnlyMemory<byte> kept = default;
        gateway.Access.Answer(claim =>
        {
            kept = claim.Password!.Value;
            password = Encoding.UTF8.GetString(kept.Span);
            return TestAccess.Admit(new TestIdentity { PrincipalIdentifier = "certificate-7", CredentialId = "7" });
        });
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500, with => with.WithCredentials("plant-7", "secret"));

        var claim = gateway.Access.Claims.ShouldHaveSingleItem();
        claim.ClientId.ShouldBe("pump");
        claim.ClientIdIsAssigned.ShouldBeFalse();
        claim.UserName.ShouldBe("plant-7");
        claim.IsEncrypted.ShouldBeFalse();
        claim.Source.ShouldBe(IPAddress.Loopback);
        claim.ToString().ShouldNotContain("127.");
        password.ShouldBe("secret");
        kept.ToArray().ShouldAllBe(one => one == 0);
        (await gateway.Sink.ConnectOf("pump")).PrincipalIdentifier.ShouldBe("certificate-7");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_missing_password_differs_from_an_empty_one(string? password)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        int? length = 0;
        gateway.Access.Answer(claim =>
        {
            length = claim.Password?.Length;
            return TestAccess.Admit(new TestIdentity());
        });
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500, with =>
        {
            if (password is not null) with.WithCredentials("pump", password);
        });
        length.ShouldBe(password?.Length);
        gateway.Access.Claims.Single().UserName.ShouldBe(password is null ? null : "pump");
    }

    [Fact]
    public async Task The_host_decides_whether_a_device_without_a_client_id_may_connect()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(
            claim => claim.ClientIdIsAssigned ? new DeviceAdmission.Refused() : TestAccess.Admit(new TestIdentity()));
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("", level: 5));
        (await client.ReadPacketAsync())![3].ShouldBe((byte)0x87);
        gateway.Access.Claims.Single().ClientId.ShouldMatch("^[0-9a-f]{32}$");
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_refused_connect_does_not_take_over_the_connection_of_a_device(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(
            claim => claim.UserName == "pump" ? TestAccess.Admit(new TestIdentity()) : new DeviceAdmission.Refused());
        var device = await gateway.ConnectAsync("pump", version, with => with.WithCredentials("pump", "right"));
        var impostor = await gateway.ConnectAsync("pump", version, with => with.WithCredentials("other", "wrong"));
        ((int)impostor.Granted.ResultCode).ShouldBe(0x87);

        (await device.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
        gateway.Sink.Of("pump").ShouldHaveSingleItem().ShouldBeOfType<ThingConnected>();
    }

    [Theory]
    [InlineData("192.0.2.7", "127.0.0.1", 0x87)]
    [InlineData("127.0.0.1", "192.0.2.7", 0x87)]
    [InlineData("2001:db8::7", "2001:db8::1", 0x87)]
    [InlineData("127.0.0.1", "127.0.0.2", 0)]
    [InlineData("::1", "::1", 0)]
    public async Task A_password_over_plain_TCP_is_accepted_only_between_loopback_addresses(
        string source, string target, byte code)
    {
        var endpoints = new ConnectionEndpoints(new(IPAddress.Parse(source), 1), new(IPAddress.Parse(target), 2));
        var options = new GatewayOptions { EndpointsOf = _ => endpoints };
        await using var gateway = await Fixtures.Gateway.StartAsync(options);
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithCredentials("plant-7", "secret"));
        ((byte)device.Granted.ResultCode).ShouldBe(code);
        // The host does not receive the password, so that the answer discloses nothing about it.
        gateway.Access.Claims.Count.ShouldBe(code == 0 ? 1 : 0);
        (await gateway.ConnectAsync("valve", MqttProtocolVersion.V500)).Granted.ResultCode.ShouldBe(default);
    }

    [Fact]
    public async Task A_password_over_TLS_is_accepted_from_any_address()
    {
        var options = new GatewayOptions
        {
            TlsPort = 0,
            Certificate = Certificates.Context,
            EndpointsOf = _ => new ConnectionEndpoints(
                new(IPAddress.Parse("192.0.2.7"), 1), new(IPAddress.Parse("192.0.2.1"), 2)),
        };
        await using var gateway = await Fixtures.Gateway.StartAsync(options);
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => gateway.Tls()(with.WithCredentials("plant-7", "secret")));
        device.Granted.ResultCode.ShouldBe(default);
        gateway.Access.Claims.Single().IsEncrypted.ShouldBeTrue();
        gateway.Access.Claims.Single().Source.ShouldBe(IPAddress.Parse("192.0.2.7"));
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_will_that_the_device_may_not_publish_refuses_the_connect(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(("pump", new TestIdentity { Publish = topic => topic == "wills/pump" }));
        (await WithWill("wills/valve")).Granted.ResultCode.ToString().ShouldBe("NotAuthorized");
        (await WithWill("$aws/events/presence/disconnected/pump")).Granted.ResultCode.ToString()
            .ShouldBe("NotAuthorized");
        (await WithWill("wills/pump")).Granted.ResultCode.ToString().ShouldBe("Success");

        Task<Device> WithWill(string topic) =>
            gateway.ConnectAsync("pump", version, with => with.WithWillTopic(topic).WithWillPayload("gone"));
    }
}
