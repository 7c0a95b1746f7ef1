using Connectivity.Domain.Indexing;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>The indexes there can be, by the names AWS gives them.</summary>
public static class Indices
{
    public const string Things = "AWS_Things";
    public const string ThingGroups = "AWS_ThingGroups";

    /// <summary>What the index holds, or null where it does not exist because its indexing is off.</summary>
    public static string? Schema(string indexName, IndexingConfiguration configuration) => indexName switch
    {
        Things => IndexSchema.Of(configuration.Thing),
        ThingGroups when configuration.ThingGroup.Mode == IndexingMode.On => "THING_GROUPS",
        _ => null,
    };
}
