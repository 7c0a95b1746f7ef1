using System.Security.Cryptography.X509Certificates;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;
using MQTTnet.Formatter;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>Authentication of devices: a device proves that it is the thing whose name is its client id.</summary>
public sealed class DeviceAccessTests(SecureHost secure, AnonymousHost anonymous)
{
    private ApiHost Host => secure.Host;

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_device_connects_with_its_own_password_and_no_other(MqttProtocolVersion version)
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var (password, other) = ((await Host.CreatePasswordAsync(pump))!, (await Host.CreatePasswordAsync(valve))!);

        (await AnswerAsync(pump, password, version)).ShouldBe(Success);
        foreach (var wrong in (string[])[other, password.ToUpperInvariant(), "", new string('x', 10_000)])
            (await AnswerAsync(pump, wrong, version)).ShouldBe(BadUserNameOrPassword);
        (await AnswerAsync(pump, null, version)).ShouldBe(NotAuthorized);
        (await AnswerAsync($"{pump}-unknown", password, version)).ShouldBe(BadUserNameOrPassword);
    }

    [Fact]
    public async Task User_name_and_client_id_must_both_be_the_thing_name()
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var password = (await Host.CreatePasswordAsync(pump))!;
        await Host.CreatePasswordAsync(valve);

        (string, string)[] wrong = [(pump, valve), (valve, pump), (pump, ""), (pump, pump.ToUpperInvariant())];
        foreach (var (clientId, userName) in wrong)
            (await AnswerAsync(clientId, userName)).ShouldBe(BadUserNameOrPassword);
        // An empty client id, for which the host would generate one, belongs to no thing.
        (await AnswerAsync("", pump)).ShouldBe(NotAuthorized);

        Task<MqttClientConnectResultCode> AnswerAsync(string clientId, string userName) => Device.AnswerAsync(
            Device.ConnectAsync(Host, clientId, null, change: with => with.WithCredentials(userName, password)));
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_certificate_authenticates_only_the_thing_it_is_registered_for(MqttProtocolVersion version)
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        using var own = CertificateAuthority.SelfSigned(pump);
        // The subject of a certificate does not count, only its registration.
        using var unregistered = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, own);

        Task<MqttClientConnectResultCode> AnswerAsync(string clientId, X509Certificate2? certificate) =>
            Device.AnswerAsync(Device.ConnectAsync(secure, clientId, certificate, version: version));
        (await AnswerAsync(pump, own)).ShouldBe(Success);
        (await AnswerAsync(valve, own)).ShouldBe(NotAuthorized);
        (await AnswerAsync(pump, unregistered)).ShouldBe(NotAuthorized);
        (await AnswerAsync(pump, null)).ShouldBe(NotAuthorized);
    }

    [Fact]
    public async Task A_password_works_over_tls_and_beside_an_unregistered_certificate()
    {
        var pump = await Host.CreateThingAsync();
        var password = await Host.CreatePasswordAsync(pump);
        using var unregistered = CertificateAuthority.SelfSigned("factory");
        (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, null, password))).ShouldBe(Success);
        (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, unregistered, password))).ShouldBe(Success);
        (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, unregistered, "wrong")))
            .ShouldBe(BadUserNameOrPassword);
    }

    [Fact]
    public async Task Credentials_of_a_deleted_thing_do_not_work_for_a_new_thing_of_the_same_name()
    {
        var pump = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, certificate);
        var former = await Host.CreatePasswordAsync(pump);

        await Host.DeleteThingAsync(pump);
        await ShouldBeRefusedAsync();
        await Host.CreateThingAsync(pump);
        await ShouldBeRefusedAsync();

        // The certificate can be registered again, for any thing.
        var valve = await Host.CreateThingAsync();
        await Host.RegisterAsync(valve, certificate);
        (await Device.AnswerAsync(Device.ConnectAsync(secure, valve, certificate))).ShouldBe(Success);
        (await AnswerAsync(pump, await Host.CreatePasswordAsync(pump))).ShouldBe(Success);

        async Task ShouldBeRefusedAsync()
        {
            (await AnswerAsync(pump, former)).ShouldBe(BadUserNameOrPassword);
            (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, certificate))).ShouldBe(NotAuthorized);
        }
    }

    [Fact]
    public async Task Events_and_presence_messages_name_the_credential_of_the_device()
    {
        var (pump, watcher) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        using var certificate = CertificateAuthority.SelfSigned(pump);
        var byCertificate = await Host.RegisterAsync(pump, certificate);
        var password = await Host.CreatePasswordAsync(pump);
        var byPassword = (await Host.CredentialIdsAsync(pump)).Single(id => id != byCertificate);
        await using var watching = await Device.ConnectAsync(Host, watcher, policy: Policy.AllowAll);
        await watching.SubscribeAsync($"$aws/events/presence/+/{pump}");

        await using (var device = await Device.ConnectAsync(secure, pump, certificate)) await device.DisconnectAsync();
        // Otherwise the second connection may take over the first, and its connect is published before the first
        // disconnect.
        await watching.UntilReceived(2);
        await using (var device = await Device.ConnectAsync(Host, pump, password)) await device.DisconnectAsync();

        await watching.UntilReceived(4);
        string[] principals = [byCertificate, byCertificate, byPassword, byPassword];
        watching.Messages.Select(message => message.Json.Text("principalIdentifier")).ShouldBe(principals);
        (await Host.EventsAsync(pump)).Select(e => e.Text("principalIdentifier")).ShouldBe(principals);
        (await Host.GetAsync($"/v1/things/{pump}/connectivity")).Json.Text("principalIdentifier").ShouldBe(byPassword);
    }

    [Fact]
    public async Task A_refused_connect_is_published_and_counted_and_stores_no_event()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        using var counters = new Counters(host);
        var (pump, watcher) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        var password = await host.CreatePasswordAsync(pump, Policy.Deny("iot:Connect", "*"));
        var credential = (await host.CredentialIdsAsync(pump)).Single();
        await using var watching = await Device.ConnectAsync(host, watcher, policy: Policy.AllowAll);
        await watching.SubscribeAsync($"$aws/events/presence/connect_failed/{pump}");

        (await Device.AnswerAsync(Device.ConnectAsync(host, pump, "wrong"))).ShouldBe(BadUserNameOrPassword);
        (await Device.AnswerAsync(Device.ConnectAsync(host, pump, password))).ShouldBe(NotAuthorized);

        await watching.UntilReceived(2);
        foreach (var (message, principal) in watching.Messages.Zip((string?[])[null, credential]))
        {
            message.Topic.ShouldBe($"$aws/events/presence/connect_failed/{pump}");
            message.Json.Text("connectFailureReason").ShouldBe("AUTHORIZATION_FAILED");
            message.Json.Text("clientId").ShouldBe(pump);
            (message.Json.Has("principalIdentifier") ? message.Json.Text("principalIdentifier") : null)
                .ShouldBe(principal);
        }

        counters.Of("connectivity.gateway.refused_connects", "bad_credentials").ShouldBe(1);
        counters.Of("connectivity.gateway.refused_connects", "not_authorized").ShouldBe(1);
        (await host.EventsAsync(pump)).ShouldBeEmpty();
        (await host.IsConnectedAsync(pump)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_connect_does_not_end_the_open_connection_of_the_device()
    {
        var pump = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, pump);
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the thing reads connected");
        (await AnswerAsync(pump, "wrong")).ShouldBe(BadUserNameOrPassword);
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "its connect is stored");
        (await Host.EventsAsync(pump)).ShouldHaveSingleItem().Text("eventType").ShouldBe("connected");
    }

    [Fact]
    public async Task Without_authentication_any_device_connects_under_the_user_name_it_gives()
    {
        var name = await anonymous.Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(
            anonymous.Host, name, null, change: with => with.WithCredentials("plant-7", "whatever"));
        (await device.SubscribeAsync("$aws/#")).ShouldBe(MqttClientSubscribeResultCode.GrantedQoS1);
        await using var unknown = await Device.ConnectAsync(anonymous.Host, "no thing", null);
        unknown.Answer.ShouldBe(Success);
        await Eventually.Is(() => anonymous.Host.IsConnectedAsync(name), because: "the thing reads connected");
        (await anonymous.Host.EventsAsync(name)).Single().Text("principalIdentifier").ShouldBe("plant-7");
    }

    private Task<MqttClientConnectResultCode> AnswerAsync(
        string clientId, string? password, MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        Device.AnswerAsync(Device.ConnectAsync(Host, clientId, password, version));
}
