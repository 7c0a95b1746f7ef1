using System.Numerics;
using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Connectivity.Testing.Policies;
using MQTTnet;
using MQTTnet.Formatter;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>The conditions and variables that AWS IoT documents for devices, with real devices.</summary>
public sealed class DeviceConditionTests(SecureHost secure)
{
    private const string WillTopic = "my/lastwill/topicName";

    private ApiHost Host => secure.Host;

    private static IReadOnlyList<PolicyCase> ConnectCases =>
        [.. PolicyCases.All.Where(each => each.Feature == "connect-attributes")];

    public static TheoryData<string> ConnectPolicies => [.. ConnectCases.Select(Title).Distinct()];

    [Theory]
    [MemberData(nameof(ConnectPolicies))]
    public async Task A_policy_of_AWS_guide_decides_on_wills_and_persistent_sessions(string title)
    {
        var pump = await Host.CreateThingAsync();
        var cases = ConnectCases.Where(each => Title(each) == title).ToList();
        var password = await Host.CreatePasswordAsync(pump, AllowingPublish(cases[0].Policies[^1].Json));
        foreach (var version in (MqttProtocolVersion[])[MqttProtocolVersion.V311, MqttProtocolVersion.V500])
        {
            foreach (var each in cases)
            {
                var attributes = each.Context.Single(key => key.Key == "iot:ConnectAttributes").Values;
                var willTopic = attributes.Contains("LastWill") ? WillTopic : null;
                var answer = await ConnectAsync(
                    pump, password, version, willTopic, attributes.Contains("PersistentConnect"));
                answer.ShouldBe(each.Outcome == "allowed" ? Success : NotAuthorized, $"{each.Sentence}, {version}");
            }
        }
    }

    [Fact]
    public async Task A_will_needs_the_topic_of_the_policy_and_permission_to_publish()
    {
        var pump = await Host.CreateThingAsync();
        var own = await Host.CreatePasswordAsync(pump,
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
               "Condition": {"ArnEquals": {"iot:LastWillTopic": [
                "arn:aws:iot:us-east-1:000000000000:topic/will/${iot:ClientId}",
                "arn:aws:iot:us-east-1:000000000000:topic/closed"]}}},
              {"Effect": "Allow", "Action": "iot:Publish",
               "Resource": "arn:aws:iot:us-east-1:000000000000:topic/will/*"}]}
            """);
        (await ConnectAsync(pump, own, MqttProtocolVersion.V500, $"will/{pump}", false)).ShouldBe(Success);
        (await ConnectAsync(pump, own, MqttProtocolVersion.V500, "will/other", false)).ShouldBe(NotAuthorized);
        (await ConnectAsync(pump, own, MqttProtocolVersion.V500, "closed", false)).ShouldBe(NotAuthorized);
        (await ConnectAsync(pump, own, MqttProtocolVersion.V500, null, false)).ShouldBe(NotAuthorized);
    }

    [Fact]
    public async Task A_session_is_persistent_if_it_outlasts_its_connection_whatever_it_resumes()
    {
        var pump = await Host.CreateThingAsync();
        var password = await Host.CreatePasswordAsync(pump, PolicyOf("the policy that denies the persistent session"));
        var answer = await Device.AnswerAsync(Device.ConnectAsync(
            Host, pump, password, change: options => options.WithCleanSession(false).WithSessionExpiryInterval(0)));
        answer.ShouldBe(Success);
        answer = await Device.AnswerAsync(Device.ConnectAsync(
            Host, pump, password, change: options => options.WithCleanSession().WithSessionExpiryInterval(60)));
        answer.ShouldBe(NotAuthorized);
    }

    [Fact]
    public async Task A_policy_that_denies_wills_ends_an_open_connection_with_a_will()
    {
        var pump = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, certificate);
        await using var device = await Device.ConnectAsync(
            Host, pump, null, change: options => secure.Tls(certificate)(options.WithWillTopic(WillTopic)));
        device.Answer.ShouldBe(Success);

        await Host.RegisterAsync(pump, certificate, PolicyOf("the policy that denies the will"));
        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);
    }

    [Fact]
    public async Task Attributes_of_the_thing_decide_on_messages_and_connections_also_when_they_change()
    {
        var pump = await Host.CreateThingAsync(body: Attributes("site", "plant-1"));
        var password = await Host.CreatePasswordAsync(pump,
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
              {"Effect": "Allow", "Action": "iot:Publish",
               "Resource": "arn:aws:iot:us-east-1:000000000000:topic/${iot:Connection.Thing.Attributes[site]}/*"},
              {"Effect": "Deny", "Action": "iot:Connect", "Resource": "*",
               "Condition": {"StringEquals": {"iot:Connection.Thing.Attributes[retired]": "true"}}}]}
            """);
        await using var device = await Device.ConnectAsync(Host, pump, password);
        (await device.PublishAsync("plant-1/pump")).ShouldBeTrue();
        (await device.PublishAsync("plant-2/pump")).ShouldBeFalse();
        (await device.SubscribeAsync("plant-1/pump")).ShouldBe(MqttClientSubscribeResultCode.NotAuthorized);

        await UpdateAsync(pump, Attributes("site", "plant-2"));
        await Eventually.Is(() => device.PublishAsync("plant-2/pump"), because: "the new attribute is known");
        (await device.PublishAsync("plant-1/pump")).ShouldBeFalse();

        await UpdateAsync(pump, Attributes("retired", "true"));
        await device.UntilEnded();
        await Eventually.Is(
            async () => (await Host.AskAsync(pump)).Json.Text("disconnectReason") == "FORBIDDEN_ACCESS",
            because: "the reason is in the record");
    }

    [Fact]
    public async Task A_policy_of_AWS_guide_decides_by_the_certificate()
    {
        using var certificate = CertificateAuthority.SelfSigned("pump,O=Example Corp");
        var serialNumber = new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true);
        var pump = await Host.CreateThingAsync(serialNumber.ToString());
        await Host.RegisterAsync(pump, certificate,
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": ["iot:Connect"],
               "Resource": ["arn:aws:iot:us-east-1:000000000000:client/${iot:Certificate.SerialNumber}"]},
              {"Effect": "Allow", "Action": ["iot:Publish"],
               "Resource": ["arn:aws:iot:us-east-1:000000000000:topic/ORGANIZATION/device-stats/${iot:ClientId}/*"]},
              {"Effect": "Allow", "Action": ["iot:Publish"],
               "Resource": ["arn:aws:iot:us-east-1:000000000000:topic/my/topic/${iot:Connection.Thing.ThingName}"],
               "Condition": {"ForAllValues:StringEquals":
                {"iot:Certificate.Subject.Organization.List": ["Example Corp", "AnyCompany"]}}}]}
            """.Replace("ORGANIZATION", "${iot:Certificate.Subject.Organization}"));
        await using var device = await Device.ConnectAsync(secure, pump, certificate);
        device.Answer.ShouldBe(Success);
        (await device.PublishAsync($"Example Corp/device-stats/{pump}/1")).ShouldBeTrue();
        (await device.PublishAsync($"Other Corp/device-stats/{pump}/1")).ShouldBeFalse();
        (await device.PublishAsync($"my/topic/{pump}")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_domain_name_is_the_server_name_that_the_device_sends()
    {
        var pump = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(pump);
        await Host.RegisterAsync(pump, certificate,
            """
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
             "Condition": {"StringEquals": {"iot:DomainName": "localhost"}}}}
            """);
        (await AnswerAsync("localhost")).ShouldBe(Success);
        (await AnswerAsync("LocalHost")).ShouldBe(Success);
        (await Device.AnswerAsync(Device.ConnectAsync(secure, pump, certificate)))
            .ShouldBe(NotAuthorized, "an address is no name");

        Task<MqttClientConnectResultCode> AnswerAsync(string name) => Device.AnswerAsync(
            Device.ConnectAsync(Host, pump, null, change: options => secure.Tls(certificate, name)(options)));
    }

    private Task<MqttClientConnectResultCode> ConnectAsync(
        string clientId, string? password, MqttProtocolVersion version, string? willTopic, bool isPersistent) =>
        Device.AnswerAsync(Device.ConnectAsync(Host, clientId, password, version, options =>
        {
            if (willTopic is not null) options.WithWillTopic(willTopic).WithWillPayload("gone");
            if (version == MqttProtocolVersion.V500) options.WithSessionExpiryInterval(isPersistent ? 60u : 0u);
            else options.WithCleanSession(!isPersistent);
        }));

    private async Task UpdateAsync(string thingName, string body) =>
        (await Host.SendAsync(HttpMethod.Patch, $"/things/{thingName}", body)).Status.ShouldBe(200);

    private static string Attributes(string name, string value) =>
        $$$"""{"attributePayload":{"attributes":{"{{{name}}}":"{{{value}}}"},"merge":true}}""";

    private static string PolicyOf(string title) => ConnectCases.First(each => Title(each) == title).Policies[^1].Json;

    private static string Title(PolicyCase example) => example.Sentence.Split(": ")[0];

    /// <summary>The policy of the guide, for this account; a will must be allowed as a message, too.</summary>
    private static string AllowingPublish(string policy)
    {
        var document = JsonNode.Parse(policy.Replace("123456789012", "000000000000"))!;
        document["Statement"]!.AsArray().Add(
            JsonNode.Parse("""{"Effect": "Allow", "Action": "iot:Publish", "Resource": "*"}"""));
        return document.ToJsonString();
    }
}
