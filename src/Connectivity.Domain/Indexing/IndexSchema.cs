namespace Connectivity.Domain.Indexing;

/// <summary>The names that DescribeIndex gives to the contents of the index of things.</summary>
public static class IndexSchema
{
    public const string Registry = "REGISTRY";
    public const string RegistryAndShadow = "REGISTRY_AND_SHADOW";
    public const string RegistryAndConnectivityStatus = "REGISTRY_AND_CONNECTIVITY_STATUS";
    public const string RegistryAndShadowAndConnectivityStatus = "REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS";

    /// <summary>Named shadows or Device Defender are indexed as well; AWS has no more specific name.</summary>
    public const string MultiIndexingMode = "MULTI_INDEXING_MODE";

    /// <summary>The schema, or null where there is no index because indexing of things is off.</summary>
    public static string? Of(ThingIndexing thing)
    {
        if (thing.Mode == IndexingMode.Off) return null;
        if (thing.NamedShadowMode != IndexingMode.Off || thing.DeviceDefenderMode != IndexingMode.Off)
            return MultiIndexingMode;
        return (thing.Mode == IndexingMode.RegistryAndShadow, thing.ConnectivityMode != IndexingMode.Off) switch
        {
            (false, false) => Registry,
            (true, false) => RegistryAndShadow,
            (false, true) => RegistryAndConnectivityStatus,
            (true, true) => RegistryAndShadowAndConnectivityStatus,
        };
    }
}
