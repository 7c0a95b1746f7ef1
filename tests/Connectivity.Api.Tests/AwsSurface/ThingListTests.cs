using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>Listing things with the real AWS SDK for JavaScript.</summary>
public sealed class ThingListTests(AwsSdk sdk, IndexingHost indexing)
{
    private readonly string _name = $"thing-{Guid.NewGuid():N}";

    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task Things_are_listed_page_by_page_in_the_order_of_their_names()
    {
        var fleet = Guid.NewGuid().ToString("N");
        var names = Enumerable.Range(0, 5).Select(i => $"{fleet}-{i}").ToList();
        foreach (var name in names.AsEnumerable().Reverse()) await CreateAsync(name, new { fleet });

        var pages = await sdk.PagesAsync(
            Host, "ListThings", new { attributeName = "fleet", attributeValue = fleet, maxResults = 2 });

        pages.Select(page => page.GetProperty("things").GetArrayLength()).ShouldBe([2, 2, 1]);
        pages[^1].Has("nextToken").ShouldBeFalse();
        var things = pages.SelectMany(page => page.GetProperty("things").EnumerateArray()).ToList();
        things.Select(thing => thing.Text("thingName")).ShouldBe(names);
        things[0].ShouldBeJson(
            $$$"""
            {"thingName":"{{{names[0]}}}","thingArn":"arn:aws:iot:us-east-1:000000000000:thing/{{{names[0]}}}",
            "attributes":{"fleet":"{{{fleet}}}"},"version":1}
            """);
    }

    [Fact]
    public async Task Things_are_listed_by_attribute_value_or_its_beginning()
    {
        var attribute = $"a{Guid.NewGuid():N}";
        await CreateAsync(_name + "-1", new Dictionary<string, string> { [attribute] = "north" });
        await CreateAsync(_name + "-2", new Dictionary<string, string> { [attribute] = "northwest" });
        await CreateAsync(_name + "-3", new Dictionary<string, string> { [attribute] = "south" });

        async Task<IEnumerable<string?>> List(object filter) =>
            (await sdk.PagesAsync(Host, "ListThings", filter))
                .SelectMany(page => page.GetProperty("things").EnumerateArray())
                .Select(thing => thing.Text("thingName"));
        (await List(new { attributeName = attribute })).Count().ShouldBe(3);
        (await List(new { attributeName = attribute, attributeValue = "north" })).ShouldBe([_name + "-1"]);
        (await List(new { attributeName = attribute, attributeValue = "north", usePrefixAttributeValue = true }))
            .ShouldBe([_name + "-1", _name + "-2"]);
        (await List(new { attributeName = attribute, attributeValue = "%", usePrefixAttributeValue = true }))
            .ShouldBeEmpty();
        (await List(new { attributeName = attribute, thingTypeName = "pump" })).ShouldBeEmpty();
        (await sdk.CallAsync(Host, "ListThings", new { attributeValue = "north" }))
            .ShouldBeError("InvalidRequestException", 400);
    }

    [Fact]
    public async Task Refuses_a_next_token_of_another_query()
    {
        var fleet = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 2; i++) await CreateAsync($"{_name}-{i}", new { fleet });
        var query = new { attributeName = "fleet", attributeValue = fleet, maxResults = 1 };
        var token = (await sdk.CallAsync(Host, "ListThings", query)).Value.Text("nextToken");

        (await sdk.CallAsync(Host, "ListThings", new { nextToken = token }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
        (await sdk.CallAsync(Host, "ListIndices", new { nextToken = token }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
        (await sdk.CallAsync(Host, "ListThings", new { nextToken = "a+b/=" }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
    }

    [Theory]
    [InlineData(0,
        "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    [InlineData(251,
        "Value '251' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 250")]
    public async Task A_page_of_things_has_1_to_250_entries(int maxResults, string violation) =>
        (await sdk.CallAsync(Host, "ListThings", new { maxResults }))
            .ShouldBeError("InvalidRequestException", 400, $"1 validation error detected: {violation}");

    private async Task CreateAsync(string name, object attributes) =>
        (await sdk.CallAsync(Host, "CreateThing", new { thingName = name, attributePayload = new { attributes } }))
            .Error.ShouldBeNull();
}
