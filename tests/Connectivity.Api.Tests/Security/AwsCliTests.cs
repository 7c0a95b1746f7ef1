using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>The real AWS CLI v2 with every kind of credentials. Its signatures name no payload hash.</summary>
public sealed class AwsCliTests(AccessHost access, AwsCli cli)
{
    private const string Ask = "get-thing-connectivity-data";

    private ApiHost Host => access.Host;

    [Fact]
    public async Task The_aws_cli_works_with_the_credentials_file_of_the_first_administrator()
    {
        var thing = await Host.CreateThingAsync($"pump:{Guid.NewGuid():N}");
        await Host.ReportAsync(Event.Connected(thing, at: DateTimeOffset.UtcNow.AddSeconds(-1)).WithDetails());

        var answer = await cli.RunAsync(
            [
                "--endpoint-url", Host.Address.OriginalString, "--region", "us-east-1",
                "iot", Ask, "--thing-name", thing, "--include-socket-information",
            ],
            new Dictionary<string, string>
            {
                ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Host.DataDirectory, "credentials"),
            });

        var connectivity = JsonElement.Parse(answer.ShouldSucceed());
        connectivity.GetProperty("connected").GetBoolean().ShouldBeTrue();
        connectivity.Text("sourceIp").ShouldBe("192.0.2.7");
        connectivity.GetProperty("timestamp").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_aws_cli_works_with_a_temporary_key()
    {
        var thing = await Host.CreateThingAsync();
        var user = await Host.CreateKeyAsync(
            $"user-{Guid.NewGuid():N}", expiresAt: DateTimeOffset.UtcNow.AddMinutes(15));
        await Host.AttachAsync(user, "reads", Policy.Allow("iot:GetThingConnectivityData", "*"));
        JsonElement.Parse((await cli.CallAsync(Host, user.Credentials, [Ask, "--thing-name", thing])).ShouldSucceed())
            .Text("thingName").ShouldBe(thing);

        await ShouldFailAsync(
            user.Credentials with { SessionToken = "another" }, "UnrecognizedClientException",
            "The security token included in the request is invalid.");
    }

    [Fact]
    public async Task The_aws_cli_registers_and_lists_things()
    {
        var thing = $"thing-{Guid.NewGuid():N}";
        string[] create =
            ["create-thing", "--thing-name", thing, "--attribute-payload", $"attributes={{site={thing}}}"];
        string[] list = ["list-things", "--attribute-name", "site", "--attribute-value", thing];
        (await cli.CallAsync(Host, Host.Administrator, create)).ShouldSucceed();
        JsonElement.Parse((await cli.CallAsync(Host, Host.Administrator, list)).ShouldSucceed())
            .GetProperty("things").EnumerateArray().Select(listed => listed.Text("thingName")).ShouldBe([thing]);
    }

    [Fact]
    public Task The_aws_cli_reports_an_unknown_key() => ShouldFailAsync(
        Host.Administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" }, "UnrecognizedClientException",
        "The security token included in the request is invalid.");

    [Fact]
    public Task The_aws_cli_reports_a_wrong_secret() => ShouldFailAsync(
        Host.Administrator with { Secret = "another" }, "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");

    [Fact]
    public Task The_aws_cli_reports_a_wrong_region() => ShouldFailAsync(
        Host.Administrator, "InvalidSignatureException", "Credential should be scoped to a valid region.", "eu-west-1");

    [Fact]
    public async Task The_aws_cli_reports_a_denial()
    {
        var user = await Host.CreateUserAsync();
        await ShouldFailAsync(
            user.Credentials, "AccessDeniedException",
            user.Denied("iot:GetThingConnectivityData", $"arn:aws:iot:us-east-1:{Users.Account}:thing/pump"));
    }

    private async Task ShouldFailAsync(
        Credentials credentials, string code, string message, string region = "us-east-1")
    {
        var answer = await cli.CallAsync(Host, credentials, [Ask, "--thing-name", "pump"], region);
        (answer.ExitCode, answer.Output).ShouldBe((254, ""));
        answer.Errors.ShouldContain($"An error occurred ({code}) when calling the GetThingConnectivityData operation");
        answer.Errors.ShouldContain(message);
    }
}
