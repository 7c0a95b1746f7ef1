namespace Connectivity.Domain.Indexing;

/// <summary>
/// The modes of fleet indexing, by their names on the wire. Which of them a setting takes: AWS IoT API reference,
/// ThingIndexingConfiguration and ThingGroupIndexingConfiguration.
/// </summary>
public static class IndexingMode
{
    /// <summary>What every mode is until it is set, and again whenever an update leaves it out.</summary>
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
