using Connectivity.Domain.Indexing;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>The indexes that can exist, by their names in AWS.</summary>
public static class Indices
{
    public const string Things = "AWS_Things";
    public const string ThingGroups = "AWS_ThingGroups";

    /// <summary>The schema of an index, or null if the index does not exist because its indexing is off.</summary>
    public static string? Schema(string indexName, IndexingConfiguration configuration) => indexName switch
    {
        Things => IndexSchema.Of(configuration.Thing),
        ThingGroups when configuration.ThingGroup.Mode == IndexingMode.On => "THING_GROUPS",
        _ => null,
    };
}
