using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The command <c>devices</c> as a user types it, while a host is running.</summary>
public sealed class DevicesCommandTests(SecureHost secure) : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private ApiHost Host => secure.Host;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Creates_a_password_prints_it_once_lists_it_and_revokes_it()
    {
        var pump = await Host.CreateThingAsync();
        var created = (await RunAsync("create", pump)).ShouldSucceed();
        var match = Regex.Match(
            created, $"^credential = (password-[0-9a-f]{{16}})\nusername = {pump}\npassword = ([A-Za-z0-9_-]{{43}})$");
        match.Success.ShouldBeTrue($"The output is not just the credential: {created}");
        var (credential, password) = (match.Groups[1].Value, match.Groups[2].Value);
        await using var device = await Device.ConnectAsync(Host, pump, password);
        device.Answer.ShouldBe(Success);
        await Eventually.Is(() => Host.IsConnectedAsync(pump), because: "the thing reads connected");

        var list = (await RunAsync("list", pump)).ShouldSucceed();
        list.ShouldMatch(
            $@"^{pump}  {credential}  password  default policy  since \d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        list.ShouldNotContain(password);

        (await RunAsync("revoke", credential)).ShouldSucceed().ShouldBe($"{credential} of {pump} is revoked.");
        await device.UntilEnded();
        device.ServerDisconnect.ShouldBe(MqttClientDisconnectReason.NotAuthorized);
        (await Device.AnswerAsync(Device.ConnectAsync(Host, pump, password))).ShouldBe(BadUserNameOrPassword);
        await Eventually.Is(
            async () => (await Host.AskAsync(pump)).Json.Text("disconnectReason") == "AUTH_ERROR",
            because: "the reason is in the record");
    }

    [Fact]
    public async Task A_certificate_is_registered_and_registered_again_with_another_policy()
    {
        var pump = await Host.CreateThingAsync();
        using var certificate = CertificateAuthority.SelfSigned(pump);
        var file = await WriteAsync("pump.pem", certificate.ExportCertificatePem());
        var id = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)
            .ToLowerInvariant();
        (await RunAsync("create", pump, "--certificate", file)).ShouldSucceed().ShouldBe($"credential = {id}");
        await using var device = await Device.ConnectAsync(secure, pump, certificate);
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();

        var policy = await WriteAsync("policy.json", Policy.Allow("iot:Connect", "*"));
        (await RunAsync("create", pump, "--certificate", file, "--policy", policy)).ShouldSucceed()
            .ShouldBe($"credential = {id}");
        await Eventually.Is(
            async () => !await device.PublishAsync("plant/pump"), because: "the policy acts on the open connection");
        device.IsConnected.ShouldBeTrue();
        (await Host.CredentialIdsAsync(pump)).ShouldBe([id]);
    }

    [Fact]
    public async Task A_devices_command_that_fails_prints_the_reason_and_stores_nothing()
    {
        var (pump, valve) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        using var certificate = CertificateAuthority.SelfSigned(valve);
        await Host.RegisterAsync(valve, certificate);
        var taken = await WriteAsync("valve.pem", certificate.ExportCertificatePem());
        var nonsense = await WriteAsync("nonsense", "nonsense");

        foreach (var (arguments, reasons) in ((string[], string[])[])
        [
            (["create", pump, "--certificate", taken],
                [$"There is no thing {pump} in ", "or the certificate belongs to another thing"]),
            (["create", pump, "--certificate", nonsense], [$"{nonsense} can't be read as a certificate: "]),
            (["create", pump, "--policy", nonsense], [$"{nonsense} is not a valid policy:"]),
            (["create", pump, "--policy", await WriteAsync("keys.json", UnavailableKeys)],
            [
                "keys.json is not a valid policy:", "Statement[0].Condition.StringEquals.iot:ConnectAttributes",
                "Statement[1].Resource", "Statement[2].Condition.StringEquals.iot:Certificate.Subject.CommonName",
            ]),
            (["revoke", "no-such-credential"], ["There is no such credential."]),
        ])
            (await RunAsync(arguments)).ShouldFail(reasons);
        (await Host.CredentialIdsAsync(pump)).ShouldBeEmpty();
    }

    private const string UnavailableKeys =
        """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Action": "iot:Connect", "Resource": "*",
           "Condition": {"StringEquals": {"iot:ConnectAttributes": "LastWill"}}},
          {"Effect": "Allow", "Action": "iot:Publish",
           "Resource": "arn:aws:iot:*:*:topic/${iot:Connection.Thing.ThingTypeName}"},
          {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
           "Condition": {"StringEquals": {"iot:Certificate.Subject.CommonName": "a"}}}]}
        """;

    private Task<CommandAnswer> RunAsync(params string[] arguments) =>
        HostProcess.RunAsync(_directory, Host.ConnectionString, ["devices", .. arguments]);

    private async Task<string> WriteAsync(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        return path;
    }
}
