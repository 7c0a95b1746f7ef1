using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>Creating, updating and deleting things with the real AWS SDK for JavaScript.</summary>
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
    public async Task Creating_the_same_thing_again_returns_the_stored_ids()
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
            .ShouldBeError(
                "ResourceAlreadyExistsException", 409,
                $"Thing {_name} already exists in account with different attributes");

        error.ResourceId.ShouldBe(first.Text("thingId"));
        error.ResourceArn.ShouldBe(first.Text("thingArn"));
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"site":"north"}""");
    }

    [Theory]
    [InlineData(":")]
    [InlineData("a:b_c-D9")]
    [InlineData("-")]
    public async Task Accepts_every_allowed_character_in_a_thing_name(string form)
    {
        var name = _name + form;
        await Create(name);
        (await Describe(name)).Text("thingName").ShouldBe(name);
        await Host.ReportAsync(Event.Connected(name));
        (await sdk.CallAsync(Host, "GetThingConnectivityData", new { thingName = name }))
            .Value.GetProperty("connected").GetBoolean().ShouldBeTrue();
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = name })).Error.ShouldBeNull();
        (await sdk.CallAsync(Host, "DescribeThing", new { thingName = name }))
            .ShouldBeError("ResourceNotFoundException", 404, $"Thing {name} does not exist");
    }

    [Fact]
    public async Task A_thing_name_has_up_to_128_characters()
    {
        var longest = _name.PadRight(128, 'x');
        await Create(longest);
        (await sdk.CallAsync(Host, "CreateThing", new { thingName = longest + "x" }))
            .ShouldBeError("InvalidRequestException", 400,
            $"1 validation error detected: Value '{longest}x' at 'thingName' failed to satisfy constraint: "
            + "Member must have length less than or equal to 128");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    public async Task Refuses_a_thing_name_with_other_characters(string name) =>
        (await sdk.CallAsync(Host, "CreateThing", new { thingName = name }))
            .ShouldBeError("InvalidRequestException", 400)
            .Message.ShouldEndWith(
                "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+");

    [Fact]
    public async Task Updating_a_thing_replaces_its_attributes()
    {
        await Create(_name, new { site = "north", floor = "2" });
        await Update(new { thingName = _name, attributePayload = new { attributes = new { room = "7" } } });
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"room":"7"}""");
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_merging_update_keeps_other_attributes_and_deletes_those_with_an_empty_value()
    {
        await Create(_name, new { site = "north", floor = "2" });
        var attributePayload = new { attributes = new { site = "", room = "7" }, merge = true };
        await Update(new { thingName = _name, attributePayload });
        (await Describe(_name)).GetProperty("attributes").ShouldBeJson("""{"floor":"2","room":"7"}""");
    }

    [Fact]
    public async Task An_update_that_expects_another_version_is_a_conflict_and_changes_nothing()
    {
        await Create(_name);
        var attributePayload = new { attributes = new { site = "north" } };
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name, expectedVersion = 2, attributePayload }))
            .ShouldBeError(
                "VersionConflictException", 409, $"The version for thing {_name} does not match the expected version.");
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(1);
        await Update(new { thingName = _name, expectedVersion = 1, attributePayload });
        (await Describe(_name)).GetProperty("version").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task Updating_a_thing_that_does_not_exist_fails() =>
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name }))
            .ShouldBeError("ResourceNotFoundException", 404);

    [Fact]
    public async Task A_deletion_that_expects_another_version_is_a_conflict()
    {
        await Create(_name);
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name, expectedVersion = 3 }))
            .ShouldBeError("VersionConflictException", 409);
        await Describe(_name);
        (await sdk.CallAsync(Host, "DeleteThing", new { thingName = _name, expectedVersion = 1 })).Error.ShouldBeNull();
        (await sdk.CallAsync(Host, "DescribeThing", new { thingName = _name }))
            .ShouldBeError("ResourceNotFoundException", 404);
    }

    [Fact]
    public async Task Deleting_a_thing_that_does_not_exist_succeeds() =>
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
        (await TryCreate(_name, new { a = "1", b = "2", c = "3", d = "4" }))
            .ShouldBeError("InvalidRequestException", 400, Error);
        await Create(_name, new { a = "1", b = "2", c = "3" });
        var fourth = new { attributes = new { d = "4" }, merge = true };
        (await sdk.CallAsync(Host, "UpdateThing", new { thingName = _name, attributePayload = fourth }))
            .ShouldBeError("InvalidRequestException", 400, Error);
        (await Describe(_name)).GetProperty("attributes").EnumerateObject().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Lists_every_invalid_attribute_in_one_error()
    {
        var error = (await sdk.CallAsync(Host, "CreateThing", new
        {
            thingName = _name,
            attributePayload = new
            {
                attributes = new Dictionary<string, string>
                {
                    ["a b"] = "fine",
                    ["fine"] = "a b",
                    ["long"] = new('x', 801),
                },
            },
        })).ShouldBeError("InvalidRequestException", 400);
        error.Message.ShouldStartWith(
            "3 validation errors detected: Value 'a b' at 'attributePayload.attributes' failed to satisfy constraint: "
            + "Map keys must");
        error.Message.ShouldContain(
            "; Value 'a b' at 'attributePayload.attributes' failed to satisfy constraint: "
            + "Map value must satisfy constraint");
    }

    [Theory]
    [InlineData("CreateThing", "thingTypeName")]
    [InlineData("CreateThing", "billingGroupName")]
    [InlineData("UpdateThing", "thingTypeName")]
    public async Task Thing_types_and_billing_groups_do_not_exist(string operation, string member)
    {
        if (operation == "UpdateThing") await Create(_name);
        var input = new Dictionary<string, string> { ["thingName"] = _name, [member] = "pump" };
        (await sdk.CallAsync(Host, operation, input))
            .ShouldBeError("ResourceNotFoundException", 404).Message.ShouldEndWith("pump does not exist");
    }

    private async Task<JsonElement> Create(string name, object? attributes = null) =>
        (await TryCreate(name, attributes)).Value;

    private Task<AwsSdk.Reply> TryCreate(string name, object? attributes) =>
        sdk.CallAsync(
            Host, "CreateThing",
            new { thingName = name, attributePayload = attributes is null ? null : new { attributes } });

    private async Task<JsonElement> Describe(string name) =>
        (await sdk.CallAsync(Host, "DescribeThing", new { thingName = name })).Value;

    private async Task Update(object input) =>
        (await sdk.CallAsync(Host, "UpdateThing", input)).Value.EnumerateObject().ShouldBeEmpty();
}
