using Connectivity.Domain.Indexing;

namespace Connectivity.Domain.Tests.Indexing;

public sealed class IndexSchemaTests
{
    [Theory]
    [InlineData("OFF", "OFF", "OFF", "OFF", null)]
    [InlineData("REGISTRY", "OFF", "OFF", "OFF", "REGISTRY")]
    [InlineData("REGISTRY", "STATUS", "OFF", "OFF", "REGISTRY_AND_CONNECTIVITY_STATUS")]
    [InlineData("REGISTRY_AND_SHADOW", "OFF", "OFF", "OFF", "REGISTRY_AND_SHADOW")]
    [InlineData("REGISTRY_AND_SHADOW", "STATUS", "OFF", "OFF", "REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS")]
    [InlineData("REGISTRY", "STATUS", "VIOLATIONS", "OFF", "MULTI_INDEXING_MODE")]
    [InlineData("REGISTRY_AND_SHADOW", "OFF", "OFF", "ON", "MULTI_INDEXING_MODE")]
    public void The_schema_names_what_the_index_of_things_contains(
        string mode, string connectivity, string deviceDefender, string namedShadow, string? schema) =>
        IndexSchema.Of(new ThingIndexing
        {
            Mode = mode,
            ConnectivityMode = connectivity,
            DeviceDefenderMode = deviceDefender,
            NamedShadowMode = namedShadow,
        })
            .ShouldBe(schema);
}
