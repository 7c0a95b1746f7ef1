using System.Text.Json;
using Connectivity.Access.Directory;
using Connectivity.Access.Limits;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Signature, throttle, form of the request, policy, indexing off, unknown thing: of several errors the first is
/// returned.
/// </summary>
public sealed class PrecedenceTests(AccessHost access)
{
    private const string BadName = "a%20b";

    /// <summary>Method, path with a placeholder for the thing's name, and body.</summary>
    public static readonly TheoryData<string, string, string?> OperationsOnThings = new()
    {
        { "POST", "/things/{0}/connectivity-data", "{}" },
        { "POST", "/things/{0}", "{}" },
        { "GET", "/things/{0}", null },
        { "PATCH", "/things/{0}", "{}" },
        { "DELETE", "/things/{0}", null },
        { "GET", "/v1/things/{0}/connectivity", null },
        { "GET", "/v1/things/{0}/events", null },
    };

    private ApiHost Host => access.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(OperationsOnThings))]
    public async Task Checks_the_signature_before_the_name_and_the_name_before_the_policy(
        string method, string path, string? body)
    {
        var bad = string.Format(path, BadName);
        var wrong = await Host.CreateUserAsync();
        wrong = wrong with { Credentials = wrong.Credentials with { Secret = "another" } };
        ShouldBe(await Host.SendAsync(wrong, method, bad, body), bad, 403, "InvalidSignatureException");

        var answer = await Host.SendAsync(await Host.CreateUserAsync(), method, bad, body);
        if (bad.StartsWith("/v1", StringComparison.Ordinal))
            answer.ShouldBeProblem(400, "A thing's name has 1 to 128 characters");
        else answer.ShouldBeAwsError(400, "InvalidRequestException");
    }

    [Theory]
    [InlineData("POST", "/things/pump/connectivity-data", "[]", "SerializationException")]
    [InlineData("POST", "/things/pump/connectivity-data", """{"includeSocketInformation":"yes"}""",
        "SerializationException")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":{"a b":"c"}}}""",
        "InvalidRequestException")]
    [InlineData("PATCH", "/things/pump", """{"expectedVersion":"1"}""", "SerializationException")]
    [InlineData("DELETE", "/things/pump?expectedVersion=x", null, "SerializationException")]
    [InlineData("GET", "/things?maxResults=0", null, "InvalidRequestException")]
    [InlineData("GET", "/things?nextToken=x", null, "InvalidRequestException")]
    [InlineData("GET", "/indices?maxResults=0", null, "InvalidRequestException")]
    [InlineData("GET", "/indices/a%20b", null, "InvalidRequestException")]
    [InlineData("POST", "/indexing/config", """{"thingIndexingConfiguration":{"thingIndexingMode":"SOMETIMES"}}""",
        "InvalidRequestException")]
    public async Task Validates_the_request_before_the_policy(string method, string path, string? body, string code) =>
        (await Host.SendAsync(await Host.CreateUserAsync(), method, path, body)).ShouldBeAwsError(400, code);

    [Theory]
    [InlineData("/v1/things/pump/connectivity?asOf=yesterday")]
    [InlineData("/v1/things/pump/events?limit=0")]
    [InlineData("/v1/things/pump/events?limit=many")]
    public async Task Validates_a_rest_request_before_the_policy(string path) =>
        (await Host.SendAsync(await Host.CreateUserAsync(), "GET", path)).ShouldBeProblem(400);

    [Theory]
    [MemberData(nameof(OperationsOnThings))]
    public async Task A_denied_caller_can_not_find_out_whether_a_thing_exists(string method, string path, string? body)
    {
        var user = await Host.CreateUserAsync();
        var existing = await Host.CreateThingAsync();
        var missing = $"thing-{Guid.NewGuid():N}";
        var answers = new List<string>();
        foreach (var name in (string[])[existing, missing])
        {
            var answer = await Host.SendAsync(user, method, string.Format(path, name), body);
            answer.Status.ShouldBe(403);
            answers.Add(Comparable(answer).Replace(name, "NAME"));
        }

        answers[0].ShouldBe(answers[1]);
    }

    [Theory]
    [InlineData("POST", "/things/pump/connectivity-data", "iot:GetThingConnectivityData")]
    [InlineData("GET", "/v1/things/pump/connectivity", "connectivity:GetThingConnectivity")]
    [InlineData("GET", "/v1/things/pump/events", "connectivity:ListLifecycleEvents")]
    public async Task Checks_the_policy_before_indexing_and_indexing_before_the_thing(
        string method, string path, string action)
    {
        var account = AccessHost.NewAccount();
        ShouldBe(
            await Host.SendAsync(await Host.CreateUserInAsync(account), method, path, "{}"), path, 403,
            "AccessDeniedException");

        var allowed = await Host.SendAsync(
            await Host.CreateUserInAsync(account, Policy.Allow(action, "*")), method, path, "{}");
        if (path.StartsWith("/v1", StringComparison.Ordinal))
            allowed.ShouldBeProblem(409, "Connectivity indexing is off");
        else allowed.ShouldBeAwsError(400, "IndexNotReadyException");
    }

    [Theory]
    [InlineData("POST", "/things/a%20b/connectivity-data", OperationGroup.GetThingConnectivityData, 400)]
    [InlineData("GET", "/v1/things/a%20b/events", OperationGroup.History, 429)]
    public async Task Throttles_after_the_signature_and_before_the_name(
        string method, string path, string group, int status)
    {
        var account = AccessHost.NewAccount();
        await Host.Services.GetRequiredService<ThrottleStore>().SetAsync(new StoredLimit(account, group, 1, 1), Ct);
        await Host.Services.GetRequiredService<AccessDirectory>().LoadAsync(Ct);
        var user = await Host.CreateUserInAsync(account);
        var wrong = user with { Credentials = user.Credentials with { Secret = "another" } };

        // The first request uses up the burst.
        await Eventually.Is(async () =>
        {
            ShouldBe(await Host.SendAsync(user, method, path, "{}"), path, status, "ThrottlingException");
            return true;
        });
        ShouldBe(await Host.SendAsync(wrong, method, path, "{}"), path, 403, "InvalidSignatureException");
    }

    private static void ShouldBe(Answer answer, string path, int status, string code)
    {
        if (!path.StartsWith("/v1", StringComparison.Ordinal)) answer.ShouldBeAwsError(status, code);
        else if (code == "AccessDeniedException") answer.ShouldBeProblem(status, "is not authorized to perform");
        else answer.ShouldBeRefusal(status, code);
    }

    /// <summary>An answer without the parts that differ between requests.</summary>
    private static string Comparable(Answer answer)
    {
        string[] differing = ["x-amzn-RequestId", "Date", "Content-Length"];
        var headers = answer.Headers.Where(header => !differing.Contains(header.Key))
            .OrderBy(header => header.Key, StringComparer.Ordinal);
        var body = answer.Json.EnumerateObject().Where(member => member.Name != "traceId")
            .ToDictionary(member => member.Name, member => member.Value);
        return $"{answer.Status} {string.Join(' ', headers)} {JsonSerializer.Serialize(body)}";
    }
}
