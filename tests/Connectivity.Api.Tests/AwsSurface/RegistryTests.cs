using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>Things, as the real AWS SDK for JavaScript registers them.</summary>
public sealed class RegistryTests(AwsSdk sdk, IndexingHost indexing)
{
    private readonly string _name = $"thing-{Guid.NewGuid():N}";

    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task A_new_thing_is_described_with_its_first_version()
    {
        var created = await Create(_name, new { site = "north" });

        (await Describe(_name)).ShouldBeJson(
            $$$"""
            {"thingName":"{{{_name}}}","defaultClientId":"{{{_name}}}","thingId":"{{{created.Text("thingId")}}}",
            "thingArn":"arn:aws:iot:us-east-1:000000000000:thing/{{{_name}}}","attributes":{"site":"north"},"version":1}
            """);
    }

    [Fact]
    public async Task Creating_the_same_thing_again_gives_the_stored_ids()
    {
        var first = await Create(_name, new { site = "north" });
        (await Create(_name, new { site = "north" })).ShouldBeJson(first.ToString());
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Creating_another_thing_of_the_same_name_is_a_conflict_and_changes_nothing()
    {
        var first = await Create(_name, new { site = "north" });

        var error = (await TryCreate(_name, new { site = "south" }))
            .ShouldBeError("ResourceAlreadyExistsException", 409, $"Thing {_name} already exists in account with different attributes");

        error.ResourceId.ShouldBe(first.Text("thingId"));
        error.ResourceArn.ShouldBe(first.Text("thingArn"));
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"site":"north"}""");
    }

    [Theory]
    [InlineData(":")]
    [InlineData("a:b_c-D9")]
    [InlineData("-")]
    public async Task Every_allowed_character_makes_a_name(string form)
    {
        var name = _name + form;
        await Create(name);
        (await Describe(name)).Text("thingName").ShouldBe(name);
        await Host.ReportAsync(Event.Connected(name));
        (await sdk.CallAsync(Host, "GetThingConnectivityData", new { thingName = name })).Value.GetProperty("connected").GetBoolean()
            .ShouldBeTrue();
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = name })).Error.ShouldBeNull();
        (await sdk.CallAsync(Host, "DescribeThing", new { thingName = name }))
            .ShouldBeError("ResourceNotFoundException", 404, $"Thing {name} does not exist");
    }

    [Fact]
    public async Task A_name_has_up_to_128_characters()
    {
        var longest = _name.PadRight(128, 'x');
        await Create(longest);
        (await sdk.CallAsync(Host, "CreateThing", new { thingName = longest + "x" })).ShouldBeError("InvalidRequestException", 400,
            $"1 validation error detected: Value '{longest}x' at 'thingName' failed to satisfy constraint: "
            + "Member must have length less than or equal to 128");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    public async Task A_name_of_another_form_is_refused(string name) =>
        (await sdk.CallAsync(Host, "CreateThing", new { thingName = name })).ShouldBeError("InvalidRequestException", 400)
            .Message.ShouldEndWith("failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+");

    [Fact]
    public async Task An_update_replaces_the_attributes()
    {
        await Create(_name, new { site = "north", floor = "2" });
        await Update(new { thingName = _name, attributePayload = new { attributes = new { room = "7" } } });
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"room":"7"}""");
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_merging_update_keeps_the_others_and_an_empty_value_deletes_its_attribute()
    {
        await Create(_name, new { site = "north", floor = "2" });
        await Update(new { thingName = _name, attributePayload = new { attributes = new { site = "", room = "7" }, merge = true } });
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"floor":"2","room":"7"}""");
    }

    [Fact]
    public async Task An_update_that_expects_another_version_is_a_conflict_and_changes_nothing()
    {
        await Create(_name);
        var attributePayload = new { attributes = new { site = "north" } };
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name, expectedVersion = 2, attributePayload }))
            .ShouldBeError("VersionConflictException", 409, $"The version for thing {_name} does not match the expected version.");
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(1);
        await Update(new { thingName = _name, expectedVersion = 1, attributePayload });
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_thing_that_does_not_exist_is_not_updated() =>
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name })).ShouldBeError("ResourceNotFoundException", 404);

    [Fact]
    public async Task A_deletion_that_expects_another_version_is_a_conflict()
    {
        await Create(_name);
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name, expectedVersion = 3 }))
            .ShouldBeError("VersionConflictException", 409);
        await Describe(_name);
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name, expectedVersion = 1 })).Error.ShouldBeNull();
        (await sdk.CallAsync(Host, "DescribeThing", new { thingName = _name })).ShouldBeError("ResourceNotFoundException", 404);
    }

    [Fact]
    public async Task A_thing_that_does_not_exist_counts_as_deleted() =>
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name })).Value.EnumerateObject().ShouldBeEmpty();

    [Fact]
    public async Task A_thing_created_again_has_another_id()
    {
        var first = await Create(_name);
        await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name });
        (await Create(_name)).Text("thingId").ShouldNotBe(first.Text("thingId"));
    }

    [Fact]
    public async Task A_thing_has_at_most_three_attributes()
    {
        const string Error = "A thing without a thing type can have at most 3 attributes";
        (await TryCreate(_name, new { a = "1", b = "2", c = "3", d = "4" })).ShouldBeError("InvalidRequestException", 400, Error);
        await Create(_name, new { a = "1", b = "2", c = "3" });
        var fourth = new { attributes = new { d = "4" }, merge = true };
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name, attributePayload = fourth }))
            .ShouldBeError("InvalidRequestException", 400, Error);
        (await Describe(_name)).GetProperty("attributes").EnumerateObject().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Attributes_of_another_form_are_all_told_at_once()
    {
        var error = (await sdk.CallAsync(Host, "CreateThing", new
        {
            thingName = _name,
            attributePayload = new
            {
                attributes = new Dictionary<string, string> { ["a b"] = "fine", ["fine"] = "a b", ["long"] = new('x', 801) },
            },
        })).ShouldBeError("InvalidRequestException", 400);
        error.Message.ShouldStartWith(
            "3 validation errors detected: Value 'a b' at 'attributePayload.attributes' failed to satisfy constraint: Map keys must");
        error.Message.ShouldContain(
            "; Value 'a b' at 'attributePayload.attributes' failed to satisfy constraint: Map value must satisfy constraint");
    }

    [Theory]
    [InlineData("CreateThing", "thingTypeName")]
    [InlineData("CreateThing", "billingGroupName")]
    [InlineData("UpdateThing", "thingTypeName")]
    public async Task Thing_types_and_billing_groups_do_not_exist(string operation, string member)
    {
        if (operation == "UpdateThing") await Create(_name);
        (await sdk.CallAsync(Host, operation, new Dictionary<string, string> { ["thingName"] = _name, [member] = "pump" }))
            .ShouldBeError("ResourceNotFoundException", 404).Message.ShouldEndWith("pump does not exist");
    }

    [Fact]
    public async Task Things_are_listed_page_by_page_in_the_order_of_their_names()
    {
        var fleet = Guid.NewGuid().ToString("N");
        var names = Enumerable.Range(0, 5).Select(i => $"{fleet}-{i}").ToList();
        foreach (var name in names.AsEnumerable().Reverse()) await Create(name, new { fleet });

        var pages = await sdk.PagesAsync(Host, "ListThings", new { attributeName = "fleet", attributeValue = fleet, maxResults = 2 });

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
        await Create(_name + "-1", new Dictionary<string, string> { [attribute] = "north" });
        await Create(_name + "-2", new Dictionary<string, string> { [attribute] = "northwest" });
        await Create(_name + "-3", new Dictionary<string, string> { [attribute] = "south" });

        async Task<IEnumerable<string?>> List(object filter) =>
            (await sdk.PagesAsync(Host, "ListThings", filter)).SelectMany(page => page.GetProperty("things").EnumerateArray())
                .Select(thing => thing.Text("thingName"));
        (await List(new { attributeName = attribute })).Count().ShouldBe(3);
        (await List(new { attributeName = attribute, attributeValue = "north" })).ShouldBe([_name + "-1"]);
        (await List(new { attributeName = attribute, attributeValue = "north", usePrefixAttributeValue = true }))
            .ShouldBe([_name + "-1", _name + "-2"]);
        (await List(new { attributeName = attribute, attributeValue = "%", usePrefixAttributeValue = true })).ShouldBeEmpty();
        (await List(new { attributeName = attribute, thingTypeName = "pump" })).ShouldBeEmpty();
        (await sdk.CallAsync(Host, "ListThings", new { attributeValue = "north" })).ShouldBeError("InvalidRequestException", 400);
    }

    [Fact]
    public async Task A_token_of_another_question_is_refused()
    {
        var fleet = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 2; i++) await Create($"{_name}-{i}", new { fleet });
        var token = (await sdk.CallAsync(Host, "ListThings", new { attributeName = "fleet", attributeValue = fleet, maxResults = 1 }))
            .Value.Text("nextToken");

        (await sdk.CallAsync(Host, "ListThings", new { nextToken = token }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
        (await sdk.CallAsync(Host, "ListIndices", new { nextToken = token }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
        (await sdk.CallAsync(Host, "ListThings", new { nextToken = "a+b/=" }))
            .ShouldBeError("InvalidRequestException", 400, "Invalid nextToken");
    }

    [Theory]
    [InlineData(0, "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    [InlineData(251, "Value '251' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 250")]
    public async Task A_page_has_one_to_250_things(int maxResults, string violation) =>
        (await sdk.CallAsync(Host, "ListThings", new { maxResults }))
            .ShouldBeError("InvalidRequestException", 400, $"1 validation error detected: {violation}");

    private async Task<JsonElement> Create(string name, object? attributes = null) =>
        (await TryCreate(name, attributes)).Value;

    private Task<AwsSdk.Reply> TryCreate(string name, object? attributes) =>
        sdk.CallAsync(Host, "CreateThing", new { thingName = name, attributePayload = attributes is null ? null : new { attributes } });

    private async Task<JsonElement> Describe(string name) => (await sdk.CallAsync(Host, "DescribeThing", new { thingName = name })).Value;

    private async Task Update(object input) => (await sdk.CallAsync(Host, "UpdateThing", input)).Value.EnumerateObject().ShouldBeEmpty();
}
