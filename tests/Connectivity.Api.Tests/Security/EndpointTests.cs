using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Every endpoint of the host and its authorization. These tests fail for a new endpoint until it requires its own
/// action.
/// </summary>
public sealed class EndpointTests(AccessHost access)
{
    private const string Thing = "thing";
    private const string ThingsIndex = "index";
    private const string Any = "any";

    private const string On =
        """
        {"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS",
         "filter":{"connectivity":{"includeSocketInformation":["GET_THING_CONNECTIVITY_DATA"]}}}}
        """;

    /// <summary>Endpoint, action, kind of resource, and a valid body.</summary>
    public static readonly TheoryData<string, string, string, string?> Operations = new()
    {
        { "POST /things/{thingName}/connectivity-data", "iot:GetThingConnectivityData", Thing, "{}" },
        { "POST /things/{thingName}", "iot:CreateThing", Thing, "{}" },
        { "GET /things/{thingName}", "iot:DescribeThing", Thing, null },
        { "PATCH /things/{thingName}", "iot:UpdateThing", Thing, "{}" },
        { "DELETE /things/{thingName}", "iot:DeleteThing", Thing, null },
        { "GET /things", "iot:ListThings", Any, null },
        { "POST /indexing/config", "iot:UpdateIndexingConfiguration", Any, On },
        { "GET /indexing/config", "iot:GetIndexingConfiguration", Any, null },
        { "GET /indices", "iot:ListIndices", Any, null },
        { "GET /indices/{indexName}", "iot:DescribeIndex", ThingsIndex, null },
        { "POST /v1/lifecycle-events", "connectivity:PutLifecycleEvents", Thing, null },
        { "GET /v1/things/{thingName}/connectivity", "connectivity:GetThingConnectivity", Thing, null },
        { "GET /v1/things/{thingName}/events", "connectivity:ListLifecycleEvents", Thing, null },
        { "GET /v1/things/{thingName}/sessions", "connectivity:ListSessions", Thing, null },
        { "GET /v1/things/{thingName}/availability", "connectivity:GetAvailability", Thing, null },
        { "PUT /v1/things/{thingName}/hold", "connectivity:PutThingHold", Thing, """{"reason":"an audit"}""" },
        { "GET /v1/things/{thingName}/hold", "connectivity:GetThingHold", Thing, null },
        { "DELETE /v1/things/{thingName}/hold", "connectivity:DeleteThingHold", Thing, null },
        { "GET /v1/things", "connectivity:ListThings", Any, null },
        {
            "POST /v1/connectivity:batchGet", "connectivity:GetThingConnectivity", Any, """{"thingNames":["lamp"]}"""
        },
        { "GET /v1/fleet/connectivity", "connectivity:GetFleetConnectivity", Any, null },
        { "GET /v1/fleet/connectivity/series", "connectivity:GetFleetConnectivity", Any, null },
        { "GET /v1/disconnects", "connectivity:ListDisconnects", Any, null },
        { "GET /v1/disconnects/summary", "connectivity:SummarizeDisconnects", Any, null },
        { "GET /v1/changes", "connectivity:ListChanges", Any, null },
    };

    private ApiHost Host => access.Host;

    private IEnumerable<RouteEndpoint> Endpoints =>
        Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>();

    [Fact]
    public void Every_operation_of_the_host_is_listed_with_its_action() =>
        Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Operation>() is not null)
            .Select(endpoint => (Name(endpoint), endpoint.Metadata.GetRequiredMetadata<Operation>().Action))
            .ShouldBe(Operations.Select(row => (row.Data.Item1, row.Data.Item2)), ignoreOrder: true);

    [Fact]
    public void Every_other_endpoint_is_a_fallback_or_open_to_loopback() =>
        Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Operation>() is null)
            .Select(endpoint => (
                Name(endpoint),
                endpoint.Metadata.GetMetadata<Surface>() is not null,
                endpoint.Metadata.GetMetadata<OpenToLoopback>()?.Action))
            .ShouldBe(
                [
                    ("any /health/live", false, null),
                    ("any /health/ready", false, null),
                    ("any /metrics", true, "connectivity:GetMetrics"),
                    ("GET /openapi/{documentName}.json", true, "connectivity:GetApiDescription"),
                    ("any /v1/{**path}", true, null),
                    ("any /{**path}", true, null),
                ],
                ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_is_refused_without_a_policy_that_allows_it(
        string endpoint, string action, string kind, string? body)
    {
        var thing = await Host.CreateThingAsync();
        var resource = Resource(kind, thing);
        var other = Resource(kind, $"{thing}-2");
        List<User> refused =
        [
            await Host.CreateUserAsync(),
            await Host.CreateUserAsync(Policy.Allow("iot:SearchIndex", "*"), Policy.Allow($"{action}s", resource)),
        ];
        if (other != resource) refused.Add(await Host.CreateUserAsync(Policy.Allow(action, other)));
        foreach (var user in refused)
            ShouldBeDenied(await SendAsync(endpoint, user, thing, body), endpoint, user.Denied(action, resource));

        var denied = await Host.CreateUserAsync(Policy.AllowAll, Policy.Deny(action, resource));
        ShouldBeDenied(await SendAsync(endpoint, denied, thing, body), endpoint,
            $"User: {denied.Arn} is not authorized to perform: {action} on resource: {resource} "
            + "with an explicit deny in an identity-based policy: policy-2, statement Only");

        // The refused requests changed nothing.
        (await Host.GetAsync($"/things/{thing}")).Json.GetProperty("version").GetInt64().ShouldBe(1);
        (await Host.EventsAsync(thing)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_is_allowed_by_exactly_its_action_on_its_resource(
        string endpoint, string action, string kind, string? body)
    {
        var thing = await Host.CreateThingAsync();
        var user = await Host.CreateUserAsync(Policy.Allow(action, Resource(kind, thing)));
        var answer = await SendAsync(endpoint, user, thing, body);
        // What is not there can't be returned or lifted.
        if (answer.Status == 404 && !endpoint.StartsWith("PUT", StringComparison.Ordinal) && IsHold(endpoint))
            answer.ShouldBeProblem(404, "on hold");
        else
            answer.Status.ShouldBe(200, answer.Body);
        if (IsIngest(endpoint)) ApiHost.Outcomes(answer).ShouldBe([("accepted", null)]);
    }

    [Theory]
    [InlineData("/metrics", "connectivity:GetMetrics")]
    [InlineData("/openapi/v1.json", "connectivity:GetApiDescription")]
    public async Task A_signed_request_to_an_endpoint_open_to_loopback_needs_a_policy(string path, string action)
    {
        (await new RawRequest("GET", path).Unsigned().SendAsync(Host)).Status.ShouldBe(200);
        (await Host.SendAsync(await Host.CreateUserAsync(Policy.Allow(action, "*")), "GET", path)).Status.ShouldBe(200);
        var user = await Host.CreateUserAsync(Policy.Allow("iot:*", "*"));
        (await Host.SendAsync(user, "GET", path))
            .ShouldBeRefusal(403, "AccessDeniedException", user.Denied(action, "*"));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    public async Task A_request_through_a_local_proxy_is_not_treated_as_loopback(string header, string value)
    {
        foreach (var path in (string[])["/metrics", "/openapi/v1.json"])
            (await new RawRequest("GET", path).Unsigned().WithHeader(header, value).SendAsync(Host))
                .ShouldBeRefusal(403, "MissingAuthenticationTokenException");
    }

    private static string Name(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Single() ?? "any";
        return $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}";
    }

    private static bool IsIngest(string endpoint) => endpoint.EndsWith("/lifecycle-events", StringComparison.Ordinal);

    private static bool IsHold(string endpoint) => endpoint.EndsWith("/hold", StringComparison.Ordinal);

    private static bool IsFeed(string endpoint) => endpoint.EndsWith("/changes", StringComparison.Ordinal);

    private static string Resource(string kind, string thing) => kind switch
    {
        Thing => $"arn:aws:iot:us-east-1:{Users.Account}:thing/{thing}",
        ThingsIndex => $"arn:aws:iot:us-east-1:{Users.Account}:index/AWS_Things",
        _ => "*",
    };

    private Task<Answer> SendAsync(string endpoint, User user, string thing, string? body)
    {
        var parts = endpoint.Replace("{thingName}", thing).Replace("{indexName}", "AWS_Things").Split(' ');
        return Host.SendAsync(
            user, parts[0], parts[1], IsIngest(endpoint) ? Event.Connected(thing).ToJsonString() : body);
    }

    private static void ShouldBeDenied(Answer answer, string endpoint, string message)
    {
        // Each event is authorized alone, unless the caller may report the events of no thing at all.
        if (IsIngest(endpoint) && answer.Status == 200)
            ApiHost.Outcomes(answer).ShouldBe([("rejected", "access denied")]);
        // So is each event of the feed.
        else if (IsFeed(endpoint) && answer.Status == 200)
            answer.Json.GetProperty("events").GetArrayLength().ShouldBe(0);
        // And each thing of a list.
        else if (endpoint == "GET /v1/things" && answer.Status == 200)
            answer.Body.ShouldBe("""{"things":[]}""");
        else if (endpoint.EndsWith(":batchGet", StringComparison.Ordinal) && answer.Status == 200)
            answer.Body.ShouldBe("""{"things":[{"thingName":"lamp","outcome":"denied"}]}""");
        else if (IsIngest(endpoint)) answer.ShouldBeProblem(403, "connectivity:PutLifecycleEvents on resource: *");
        else if (endpoint.Contains(" /v1/", StringComparison.Ordinal)) answer.ShouldBeProblem(403, message);
        else answer.ShouldBeAwsError(403, "AccessDeniedException", message);
    }
}
