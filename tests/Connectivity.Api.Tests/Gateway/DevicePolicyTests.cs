using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;
using static MQTTnet.MqttClientSubscribeResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>The permissions of a device by the default policy and by its own.</summary>
public sealed class DevicePolicyTests(SecureHost secure)
{
    private ApiHost Host => secure.Host;

    [Theory]
    [InlineData("#", true)]
    [InlineData("+/telemetry", true)]
    [InlineData("plant/#", true)]
    [InlineData("aws/events", true)]
    [InlineData("$aws/events/presence/connected/{own}", true)]
    [InlineData("$aws/events/presence/+/{own}", true)]
    [InlineData("$aws/events/presence/connect_failed/{own}", true)]
    [InlineData("$aws/events/presence/connected/{other}", false)]
    [InlineData("$aws/events/presence/connected/{own}-2", false)]
    [InlineData("$aws/events/presence/connected/+", false)]
    [InlineData("$aws/events/presence/+/+", false)]
    [InlineData("$aws/events/presence/connected/{own}/#", false)]
    [InlineData("$aws/events/presence/#", false)]
    [InlineData("$aws/events/subscriptions/subscribed/{own}", false)]
    [InlineData("$aws/things/{own}/shadow/update", false)]
    [InlineData("$aws/+/presence/connected/{own}", false)]
    [InlineData("$aws/#", false)]
    public async Task The_default_policy_allows_subscriptions_outside_aws_and_to_the_devices_own_presence(
        string filter, bool granted)
    {
        var own = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, own, await Host.CreatePasswordAsync(own));
        (await device.SubscribeAsync(filter.Replace("{own}", own).Replace("{other}", "other")))
            .ShouldBe(granted ? GrantedQoS1 : NotAuthorized);
    }

    [Fact]
    public async Task The_default_policy_delivers_only_the_devices_own_presence()
    {
        var (own, other) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        await using var device = await Device.ConnectAsync(Host, own, await Host.CreatePasswordAsync(own));
        await device.SubscribeAsync($"$aws/events/presence/+/{own}");
        await device.SubscribeAsync("#");
        await using (var stranger = await Device.ConnectAsync(Host, other))
        {
            await stranger.DisconnectAsync();
            await Eventually.Is(
                async () => (await Host.EventsAsync(other)).Count == 2,
                because: "the events that must not be delivered are stored");
        }

        (await Device.AnswerAsync(Device.ConnectAsync(Host, own, "wrong")))
            .ShouldBe(MqttClientConnectResultCode.BadUserNameOrPassword);

        var failed = $"$aws/events/presence/connect_failed/{own}";
        await Eventually.Is(
            () => device.Messages.Any(message => message.Topic == failed), because: "its own presence is received");
        device.Messages.Where(message => message.Topic.StartsWith('$'))
            .ShouldAllBe(message => message.Topic.EndsWith($"/{own}"));
    }

    [Fact]
    public async Task The_default_policy_allows_publishing_to_every_topic_outside_aws()
    {
        var (own, other) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        await using var device = await Device.ConnectAsync(Host, own, await Host.CreatePasswordAsync(own));
        await using var receiver = await Device.ConnectAsync(Host, other, policy: Policy.AllowAll);
        await receiver.SubscribeAsync($"plant/{own}/#");
        await receiver.SubscribeAsync($"$aws/events/presence/+/{own}");

        foreach (var closed in (string[])[$"$aws/events/presence/connected/{own}", "$aws/things/x", "$aws", "$other"])
            (await device.PublishAsync(closed, "forged")).ShouldBeFalse();
        (await device.PublishAsync($"plant/{own}/telemetry", "21.5")).ShouldBeTrue();

        // The presence of the device may be received as well: its connect is published when it is stored.
        await Eventually.Is(
            () => receiver.Messages.Any(message => message.Text == "21.5"), because: "the telemetry is received");
        receiver.Messages.ShouldNotContain(message => message.Text == "forged");
    }

    [Fact]
    public async Task No_policy_allows_publishing_to_aws_topics()
    {
        var own = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(
            Host, own, await Host.CreatePasswordAsync(own, Policy.AllowAll));
        (await device.PublishAsync($"$aws/events/presence/connected/{own}", "forged")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_device_may_do_exactly_what_its_own_policy_allows()
    {
        var own = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, own, await Host.CreatePasswordAsync(own, $$$"""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Action": "iot:Connect",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:client/{{{own}}}" },
                { "Effect": "Allow", "Action": "iot:Publish",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:topic/up/${iot:Connection.Thing.ThingName}" },
                { "Effect": "Allow", "Action": "iot:Subscribe",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:topicfilter/up/*" },
                { "Effect": "Allow", "Action": "iot:Receive",
                  "Resource": "arn:aws:iot:us-east-1:000000000000:topic/up/${iot:ClientId}" },
                { "Effect": "Allow", "Action": "iot:*", "Resource": "*",
                  "Condition": { "Bool": { "aws:SecureTransport": "true" } } }
              ]
            }
            """));

        (await device.SubscribeAsync("up/+")).ShouldBe(GrantedQoS1);
        (await device.SubscribeAsync("down/+")).ShouldBe(NotAuthorized);
        (await device.PublishAsync("up/other")).ShouldBeFalse();
        await using var other = await Device.ConnectAsync(Host, await Host.CreateThingAsync());
        await other.PublishAsync("up/other", "not for it");
        (await device.PublishAsync($"up/{own}", "for it")).ShouldBeTrue();
        await device.UntilReceived(1);
        device.Messages.ShouldHaveSingleItem().Text.ShouldBe("for it");
    }

    [Fact]
    public async Task A_changed_policy_applies_to_an_open_connection()
    {
        var own = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(own);
        await Host.RegisterAsync(own, certificate);
        await using var device = await Device.ConnectAsync(secure, own, certificate);
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();

        await Host.RegisterAsync(own, certificate, Policy.Allow("iot:Connect", "*"));
        await Eventually.Is(
            async () => !await device.PublishAsync("plant/pump"), because: "the new policy applies");
        (await device.SubscribeAsync("plant/pump")).ShouldBe(NotAuthorized);

        await Host.RegisterAsync(own, certificate);
        await Eventually.Is(
            () => device.PublishAsync("plant/pump"), because: "the default policy applies again");

        await Host.RegisterAsync(own, certificate, Policy.Deny("iot:Connect", "*"));
        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);
        await Eventually.Is(
            async () => (await Host.AskAsync(own)).Json.Text("disconnectReason") == "FORBIDDEN_ACCESS",
            because: "the reason is in the record");
    }
}
