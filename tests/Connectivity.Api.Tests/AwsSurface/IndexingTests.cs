using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>
/// The fleet-index configuration, through the real AWS SDK for JavaScript. Each test that changes it starts its own
/// host.
/// </summary>
public sealed class IndexingTests(AwsSdk sdk, IndexingHost indexing)
{
    [Fact]
    public async Task Indexing_is_off_by_default_and_active_as_soon_as_it_is_turned_on()
    {
        await using var host = await ApiHost.StartAsync();
        (await Get(host)).ShouldBeJson(
            """
            {"thingIndexingConfiguration":{"thingIndexingMode":"OFF","thingConnectivityIndexingMode":"OFF",
            "deviceDefenderIndexingMode":"OFF","namedShadowIndexingMode":"OFF","filter":{}},
            "thingGroupIndexingConfiguration":{"thingGroupIndexingMode":"OFF"}}
            """);
        (await sdk.CallAsync(host, "DescribeIndex", new { indexName = "AWS_Things" }))
            .ShouldBeError("ResourceNotFoundException", 404, "Index AWS_Things does not exist");
        (await sdk.CallAsync(host, "ListIndices")).Value.GetProperty("indexNames").GetArrayLength().ShouldBe(0);

        await Update(host, new { thingIndexingMode = "REGISTRY", thingConnectivityIndexingMode = "STATUS" });
        (await sdk.CallAsync(host, "DescribeIndex", new { indexName = "AWS_Things" })).Value
            .ShouldBeJson(
                """{"indexName":"AWS_Things","indexStatus":"ACTIVE","schema":"REGISTRY_AND_CONNECTIVITY_STATUS"}""");
        (await sdk.CallAsync(host, "ListIndices")).Value.ShouldBeJson("""{"indexNames":["AWS_Things"]}""");

        await Update(host, new { thingIndexingMode = "REGISTRY_AND_SHADOW" });
        (await sdk.CallAsync(host, "DescribeIndex", new { indexName = "AWS_Things" })).Value.Text("schema")
            .ShouldBe("REGISTRY_AND_SHADOW");
        (await Get(host)).GetProperty("thingIndexingConfiguration").Text("thingConnectivityIndexingMode")
            .ShouldBe("OFF", "an omitted mode means off");
    }

    [Fact]
    public async Task Returns_the_indexing_configuration_as_it_was_set()
    {
        await using var host = await ApiHost.StartAsync();
        await Update(host, new
        {
            thingIndexingMode = "REGISTRY_AND_SHADOW",
            thingConnectivityIndexingMode = "STATUS",
            deviceDefenderIndexingMode = "VIOLATIONS",
            namedShadowIndexingMode = "ON",
            customFields = new[] { new { name = "attributes.floor", type = "Number" } },
            filter = new
            {
                namedShadowNames = new[] { "config" },
                geoLocations = new[] { new { name = "shadow.reported.location", order = "LonLat" } },
                connectivity = new { includeSocketInformation = new[] { "GET_THING_CONNECTIVITY_DATA" } },
            },
        });

        var things = (await Get(host)).GetProperty("thingIndexingConfiguration");
        things.GetProperty("filter").ShouldBeJson(
            """
            {"namedShadowNames":["config"],"geoLocations":[{"name":"shadow.reported.location","order":"LonLat"}],
            "connectivity":{"includeSocketInformation":["GET_THING_CONNECTIVITY_DATA"]}}
            """);
        things.GetProperty("customFields").ShouldBeJson("""[{"name":"attributes.floor","type":"Number"}]""");
        things.Text("deviceDefenderIndexingMode").ShouldBe("VIOLATIONS");
        things.Text("namedShadowIndexingMode").ShouldBe("ON");
        things.GetProperty("managedFields").EnumerateArray()
            .ShouldContain(field => field.Text("name") == "connectivity.connected" && field.Text("type") == "Boolean");
        (await sdk.CallAsync(host, "DescribeIndex", new { indexName = "AWS_Things" })).Value.Text("schema")
            .ShouldBe("MULTI_INDEXING_MODE");

        // The managed fields of an answer may be sent back; an omitted block keeps its value.
        await Update(host, JsonSerializer.Deserialize<object>(things.ToString())!);
        var groups = new { thingGroupIndexingMode = "ON" };
        (await sdk.CallAsync(host, "UpdateIndexingConfiguration", new { thingGroupIndexingConfiguration = groups }))
            .Error.ShouldBeNull();
        (await Get(host)).GetProperty("thingIndexingConfiguration").ShouldBeJson(things.ToString());
        (await sdk.CallAsync(host, "ListIndices")).Value
            .ShouldBeJson("""{"indexNames":["AWS_ThingGroups","AWS_Things"]}""");
        (await sdk.CallAsync(host, "DescribeIndex", new { indexName = "AWS_ThingGroups" })).Value.Text("indexStatus")
            .ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task Lists_indices_page_by_page()
    {
        await using var host = await ApiHost.StartAsync();
        (await sdk.CallAsync(host, "UpdateIndexingConfiguration", new
        {
            thingIndexingConfiguration = new { thingIndexingMode = "REGISTRY" },
            thingGroupIndexingConfiguration = new { thingGroupIndexingMode = "ON" },
        })).Error.ShouldBeNull();
        var first = (await sdk.CallAsync(host, "ListIndices", new { maxResults = 1 })).Value;
        first.GetProperty("indexNames").ShouldBeJson("""["AWS_ThingGroups"]""");
        (await sdk.CallAsync(host, "ListIndices", new { maxResults = 1, nextToken = first.Text("nextToken") }))
            .Value.ShouldBeJson("""{"indexNames":["AWS_Things"]}""");
    }

    [Fact]
    public async Task Refuses_an_unrecognized_index_name() =>
        (await sdk.CallAsync(indexing.Host, "DescribeIndex", new { indexName = "AWS_Nothing" }))
            .ShouldBeError("InvalidRequestException", 400, "Unrecognized indexName AWS_Nothing");

    public static TheoryData<string, string> Refused => new()
    {
        {
            "{}",
            "At least one configuration to update (thingIndexingConfiguration / thingGroupIndexingConfiguration) "
            + "is required"
        },
        {
            """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF","thingConnectivityIndexingMode":"STATUS"}}""",
            "ThingIndexingMode must be turned ON for enabling ThingConnectivityIndexingMode"
        },
        {
            """{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","namedShadowIndexingMode":"ON"}}""",
            "NamedShadowNames Filter must not be empty for enabling NamedShadowIndexingMode"
        },
        {
            """
            {"thingIndexingConfiguration":
             {"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"BOGUS"}}
            """,
            "1 validation error detected: Value 'BOGUS' at 'thingIndexingConfiguration.thingConnectivityIndexingMode' "
            + "failed to satisfy constraint: Member must satisfy enum value set: [OFF, STATUS]"
        },
        {
            """{"thingIndexingConfiguration":{"thingIndexingMode":"BOGUS","deviceDefenderIndexingMode":"BOGUS"}}""",
            "2 validation errors detected: Value 'BOGUS' at 'thingIndexingConfiguration.thingIndexingMode' "
            + "failed to satisfy constraint: Member must satisfy enum value set: [REGISTRY_AND_SHADOW, OFF, REGISTRY]; "
            + "Value 'BOGUS' at 'thingIndexingConfiguration.deviceDefenderIndexingMode' failed to satisfy constraint: "
            + "Member must satisfy enum value set: [VIOLATIONS, OFF]"
        },
        {
            """{"thingIndexingConfiguration":{"thingConnectivityIndexingMode":"STATUS"}}""",
            "1 validation error detected: Value null at 'thingIndexingConfiguration.thingIndexingMode' "
            + "failed to satisfy constraint: Member must not be null"
        },
        {
            """
            {"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY",
             "filter":{"connectivity":{"includeSocketInformation":["X"]}}}}
            """,
            "1 validation error detected: "
            + "Value '[X]' at 'thingIndexingConfiguration.filter.connectivity.includeSocketInformation' "
            + "failed to satisfy constraint: Member must satisfy constraint: "
            + "[Member must satisfy enum value set: [GET_THING_CONNECTIVITY_DATA]]"
        },
        {
            """{"thingGroupIndexingConfiguration":{}}""",
            "1 validation error detected: Value null at 'thingGroupIndexingConfiguration.thingGroupIndexingMode' "
            + "failed to satisfy constraint: Member must not be null"
        },
        {
            """
            {"thingIndexingConfiguration":
             {"thingIndexingMode":"REGISTRY","managedFields":[{"name":"x","type":"String"}]}}
            """,
            "Only managed fields with expected types are allowed in thingIndexingConfiguration.managedFields. "
            + "Invalid field(s): [name:x, type:String]"
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_refused_indexing_update_names_the_reason_and_changes_nothing(string input, string message)
    {
        var before = await Get(indexing.Host);
        (await sdk.CallAsync(indexing.Host, "UpdateIndexingConfiguration", JsonElement.Parse(input)))
            .ShouldBeError("InvalidRequestException", 400, message);
        (await Get(indexing.Host)).ShouldBeJson(before.ToString());
    }

    private async Task<JsonElement> Get(ApiHost host) => (await sdk.CallAsync(host, "GetIndexingConfiguration")).Value;

    private async Task Update(ApiHost host, object things) =>
        (await sdk.CallAsync(host, "UpdateIndexingConfiguration", new { thingIndexingConfiguration = things }))
            .Value.EnumerateObject().ShouldBeEmpty();
}
