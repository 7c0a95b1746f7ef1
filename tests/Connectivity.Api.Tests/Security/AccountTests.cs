using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>The account of a request is that of its access key. Two accounts share a host and nothing else.</summary>
public sealed class AccountTests(AccessHost access)
{
    private const string On =
        """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}""";

    private ApiHost Host => access.Host;

    [Fact]
    public async Task Things_of_one_name_in_two_accounts_are_separate()
    {
        var name = await Host.CreateThingAsync(body: """{"attributePayload":{"attributes":{"site":"north"}}}""");
        var other = await Host.CreateUserInAsync(AccessHost.NewAccount(), Policy.AllowAll);

        (await Host.SendAsync(other, "GET", $"/things/{name}")).ShouldBeAwsError(404, "ResourceNotFoundException");
        (await Host.SendAsync(other, "POST", $"/things/{name}", "{}")).Json.Text("thingArn").ShouldBe(Arn(other, name));
        var mine = (await Host.GetAsync($"/things/{name}")).Json;
        var others = (await Host.SendAsync(other, "GET", $"/things/{name}")).Json;
        others.Text("thingId").ShouldNotBe(mine.Text("thingId"));
        others.GetProperty("attributes").EnumerateObject().ShouldBeEmpty();
        (await Host.SendAsync(other, "GET", "/things")).Json.GetProperty("things").EnumerateArray()
            .Select(thing => thing.Text("thingArn"))
            .ShouldBe([Arn(other, name)]);

        (await Host.SendAsync(other, "DELETE", $"/things/{name}")).Status.ShouldBe(200);
        (await Host.GetAsync($"/things/{name}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Each_account_has_its_own_indexing_records_and_history()
    {
        var name = await Host.CreateThingAsync();
        var other = await Host.CreateUserInAsync(AccessHost.NewAccount(), Policy.AllowAll);
        (await Host.SendAsync(other, "POST", $"/things/{name}", "{}")).Status.ShouldBe(200);
        Task<Answer> AskAsync() => Host.SendAsync(other, "POST", $"/things/{name}/connectivity-data", "{}");

        (await AskAsync()).ShouldBeAwsError(400, "IndexNotReadyException");
        (await Host.SendAsync(other, "POST", "/indexing/config", On)).Status.ShouldBe(200);
        await Host.ReportAsync(Event.Connected(name));
        (await AskAsync()).Json.GetProperty("connected").GetBoolean()
            .ShouldBeFalse("the event was reported in the other account");

        var reported = await Host.SendAsync(
            other, "POST", "/v1/lifecycle-events", Event.Disconnected(name, 7).ToJsonString());
        ApiHost.Outcomes(reported).ShouldBe([("accepted", null)]);
        (await Host.IsConnectedAsync(name)).ShouldBeTrue();
        (await AskAsync()).Json.Text("disconnectReason").ShouldBe("CONNECTION_LOST");
        (await Host.EventsAsync(name)).Select(e => e.Text("eventType")).ShouldBe(["connected"]);
        (await Host.SendAsync(other, "GET", $"/v1/things/{name}/events")).Json.GetProperty("events").EnumerateArray()
            .Select(e => e.Text("eventType")).ShouldBe(["disconnected"]);

        // Turning indexing off in one account leaves it on in the other.
        const string Off = """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF"}}""";
        (await Host.SendAsync(other, "POST", "/indexing/config", Off)).Status.ShouldBe(200);
        (await AskAsync()).ShouldBeAwsError(400, "IndexNotReadyException");
        (await Host.IsConnectedAsync(name)).ShouldBeTrue();
    }

    [Fact]
    public async Task Users_of_one_name_in_two_accounts_are_separate()
    {
        var mine = await Host.CreateUserAsync(Policy.AllowAll);
        var other = await Host.CreateKeyAsync(mine.Name, AccessHost.NewAccount());
        (await Host.SendAsync(mine, "GET", "/things?maxResults=1")).Status.ShouldBe(200);
        (await Host.SendAsync(other, "GET", "/things?maxResults=1"))
            .ShouldBeAwsError(403, "AccessDeniedException", other.Denied("iot:ListThings", "*"));
    }

    [Fact]
    public async Task A_policy_on_things_of_another_account_allows_nothing()
    {
        var name = await Host.CreateThingAsync();
        var user = await Host.CreateUserAsync(
            Policy.Allow("iot:*", $"arn:aws:iot:us-east-1:{AccessHost.NewAccount()}:thing/*"));
        (await Host.SendAsync(user, "GET", $"/things/{name}"))
            .ShouldBeAwsError(403, "AccessDeniedException", user.Denied("iot:DescribeThing", Arn(user, name)));
    }

    [Fact]
    public async Task Refuses_a_next_token_of_another_account()
    {
        await Host.CreateThingAsync();
        await Host.CreateThingAsync();
        var token = (await Host.GetAsync("/things?maxResults=1")).Json.Text("nextToken")!;
        var other = await Host.CreateUserInAsync(AccessHost.NewAccount(), Policy.AllowAll);
        (await Host.SendAsync(other, "GET", $"/things?maxResults=1&nextToken={Uri.EscapeDataString(token)}"))
            .ShouldBeAwsError(400, "InvalidRequestException", "Invalid nextToken");
    }

    private static string Arn(User user, string thing) => $"arn:aws:iot:us-east-1:{user.AccountId}:thing/{thing}";
}
