using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>The real AWS SDK for JavaScript with every kind of credentials.</summary>
public sealed class AwsSdkTests(AccessHost access, AwsSdk sdk)
{
    private const long AnHour = 3_600_000;

    private const string Read = "iot:GetThingConnectivityData";

    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    /// <summary>
    /// AWS's example for this API. It restricts only users to whom no other policy allows the action.
    /// </summary>
    private const string PlainReadsOnly =
        """
        {"Version": "2012-10-17", "Statement": [
         {"Effect": "Allow", "Action": ["iot:GetThingConnectivityData"], "Resource": ["*"],
          "Condition": {"Bool": {"iot:IncludeSocketInformation": "false"}}}]}
        """;

    private const string NeverSockets =
        """
        {"Version": "2012-10-17", "Statement": [
         {"Sid": "DenySocketInformation", "Effect": "Deny", "Action": ["iot:GetThingConnectivityData"],
          "Resource": ["*"], "Condition": {"Bool": {"iot:IncludeSocketInformation": "true"}}}]}
        """;

    private ApiHost Host => access.Host;

    [Fact]
    public async Task The_aws_sdk_works_with_a_lasting_and_with_a_temporary_key()
    {
        var thingName = await Host.CreateThingAsync();
        var lasting = await Host.CreateUserAsync(Policy.Allow(Read, Arn(thingName)));
        var temporary = await Host.CreateKeyAsync(lasting.Name, expiresAt: DateTimeOffset.UtcNow.AddMinutes(15));
        foreach (var user in (User[])[lasting, temporary])
            (await AskAsync(user.Credentials, thingName)).Value.Text("thingName").ShouldBe(thingName);
    }

    [Fact]
    public async Task The_aws_sdk_throws_the_errors_of_aws()
    {
        var known = Host.Administrator;
        (await AskAsync(known with { AccessKeyId = "AKIANOBODYHASTHISKEY" }))
            .ShouldBeError(
                "UnrecognizedClientException", 403, "The security token included in the request is invalid.");
        (await AskAsync(known with { Secret = "another" })).ShouldBeError("InvalidSignatureException", 403, Mismatch);
        (await AskAsync(known with { SessionToken = "made-up" })).ShouldBeError("UnrecognizedClientException", 403);
        (await AskAsync(known, region: "eu-west-1"))
            .ShouldBeError("InvalidSignatureException", 403, "Credential should be scoped to a valid region.");

        var ended = await Host.CreateKeyAsync($"user-{Guid.NewGuid():N}", expiresAt: DateTimeOffset.UtcNow);
        (await AskAsync(ended.Credentials))
            .ShouldBeError("ExpiredTokenException", 403, "The security token included in the request is expired");
    }

    [Theory]
    [InlineData(-AnHour, "Signature expired: ")]
    [InlineData(AnHour, "Signature not yet current: ")]
    public async Task The_aws_sdk_corrects_a_wrong_clock_by_the_date_of_the_answer(long clockOffset, string message)
    {
        var thingName = await Host.CreateThingAsync();
        (await AskAsync(Host.Administrator, thingName, clockOffset: clockOffset))
            .ShouldBeError("InvalidSignatureException", 403).Message.ShouldStartWith(message);
        (await AskAsync(Host.Administrator, thingName, clockOffset: clockOffset, attempts: 3)).Value.Text("thingName")
            .ShouldBe(thingName);
    }

    [Fact]
    public async Task A_request_that_the_aws_sdk_presigned_is_answered()
    {
        var temporary = await Host.CreateKeyAsync(
            $"user-{Guid.NewGuid():N}", expiresAt: DateTimeOffset.UtcNow.AddMinutes(15));
        await Host.AttachAsync(temporary, "all", Policy.AllowAll);
        foreach (var credentials in (Credentials[])[Host.Administrator, temporary.Credentials])
        {
            (await PresignedAsync("/indexing/config", credentials)).Status.ShouldBe(200);
            (await PresignedAsync("/things/a%3Ab", credentials)).ShouldBeAwsError(404, "ResourceNotFoundException");
            (await PresignedAsync("/v1/things/a%3Ab/connectivity", credentials)).ShouldBeProblem(404);
        }
    }

    [Fact]
    public async Task Refuses_a_request_that_was_presigned_with_wrong_credentials()
    {
        var known = Host.Administrator;
        (await PresignedAsync("/indices", known with { AccessKeyId = "AKIANOBODYHASTHISKEY" }))
            .ShouldBeAwsError(403, "UnrecognizedClientException");
        (await PresignedAsync("/indices", known with { Secret = "another" }))
            .ShouldBeAwsError(403, "InvalidSignatureException", Mismatch);
        (await PresignedAsync("/indices", known, region: "eu-west-1"))
            .ShouldBeAwsError(403, "InvalidSignatureException", "Credential should be scoped to a valid region.");
        (await PresignedAsync("/indices", known, clockOffset: -AnHour))
            .ShouldBeAwsError(403, "InvalidSignatureException")
            .Message!.ShouldStartWith("Signature expired: ");
    }

    [Fact]
    public async Task A_denial_names_the_user_the_action_the_thing_and_the_reason()
    {
        var user = await Host.CreateUserAsync();
        (await AskAsync(user.Credentials, "pump-7"))
            .ShouldBeError("AccessDeniedException", 403, user.Denied(Read, Arn("pump-7")));

        await Host.AttachAsync(user, "all", Policy.AllowAll);
        await Host.AttachAsync(user, "not-pump-7", Policy.Deny("iot:*", Arn("pump-7")));
        (await AskAsync(user.Credentials, "pump-7")).ShouldBeError(
            "AccessDeniedException", 403,
            $"User: {user.Arn} is not authorized to perform: {Read} on resource: {Arn("pump-7")} "
            + "with an explicit deny in an identity-based policy: not-pump-7, statement Only");
    }

    [Fact]
    public async Task A_policy_for_plain_reads_denies_a_request_for_socket_information()
    {
        var thingName = await ConnectedThingAsync();
        var user = await Host.CreateUserAsync(PlainReadsOnly);
        foreach (var plain in (bool?[])[null, false])
            (await AskAsync(user.Credentials, thingName, plain)).Value.Has("sourceIp").ShouldBeFalse();
        (await AskAsync(user.Credentials, thingName, true))
            .ShouldBeError("AccessDeniedException", 403, user.Denied(Read, Arn(thingName)));

        // Any policy that allows the request is enough.
        await Host.AttachAsync(user, "reads", Policy.Allow(Read, "*"));
        (await AskAsync(user.Credentials, thingName, true)).Value.Text("sourceIp").ShouldBe("192.0.2.7");
    }

    [Fact]
    public async Task A_deny_of_socket_information_overrides_every_allow()
    {
        var thingName = await ConnectedThingAsync();
        var user = await Host.CreateUserAsync(Policy.AllowAll, NeverSockets);
        foreach (var plain in (bool?[])[null, false])
            (await AskAsync(user.Credentials, thingName, plain)).Value.Has("sourceIp").ShouldBeFalse();
        (await AskAsync(user.Credentials, thingName, true)).ShouldBeError(
            "AccessDeniedException", 403,
            $"User: {user.Arn} is not authorized to perform: {Read} on resource: {Arn(thingName)} "
            + "with an explicit deny in an identity-based policy: policy-2, statement DenySocketInformation");
    }

    private static string Arn(string thing) => $"arn:aws:iot:us-east-1:{Users.Account}:thing/{thing}";

    private async Task<string> ConnectedThingAsync()
    {
        var thing = await Host.CreateThingAsync();
        await Host.ReportAsync(Event.Connected(thing).WithDetails());
        return thing;
    }

    private Task<AwsSdk.Reply> AskAsync(
        Credentials credentials, string thingName = "pump", bool? includeSocketInformation = null,
        string region = "us-east-1", long clockOffset = 0, int attempts = 1) =>
        sdk.CallAsync(
            Host, credentials, "GetThingConnectivityData", new { thingName, includeSocketInformation }, region,
            clockOffset, attempts);

    private async Task<Answer> PresignedAsync(
        string path, Credentials credentials, string region = "us-east-1", long clockOffset = 0) =>
        await new RawRequest("GET", await sdk.PresignAsync(Host, credentials, path, region, clockOffset)).Unsigned()
            .SendAsync(Host);
}
