namespace Connectivity.Domain.Indexing;

/// <summary>
/// The modes of fleet indexing, by their names on the wire. Which values a setting accepts: AWS IoT API reference,
/// ThingIndexingConfiguration and ThingGroupIndexingConfiguration.
/// </summary>
public static class IndexingMode
{
    /// <summary>The default of every mode, also when an update omits it.</summary>
    public const string Off = "OFF";

    /// <summary>Of named shadows and of thing groups.</summary>
    public const string On = "ON";

    /// <summary>Of things.</summary>
    public const string Registry = "REGISTRY";

    /// <summary>Of things: their classic shadows too.</summary>
    public const string RegistryAndShadow = "REGISTRY_AND_SHADOW";

    /// <summary>Of connectivity.</summary>
    public const string Status = "STATUS";

    /// <summary>Of Device Defender.</summary>
    public const string Violations = "VIOLATIONS";
}
