using System.Text.Json.Serialization;

namespace Connectivity.Domain.Indexing;

/// <summary>What is indexed of things. A member that an older stored block lacks is off or empty.</summary>
public sealed record ThingIndexing
{
    public static readonly ThingIndexing Off = new();

    /// <summary>OFF, REGISTRY or REGISTRY_AND_SHADOW. Nothing else can be on while it is off.</summary>
    public string Mode { get; init; } = IndexingMode.Off;

    /// <summary>OFF or STATUS.</summary>
    public string ConnectivityMode { get; init; } = IndexingMode.Off;

    /// <summary>OFF or VIOLATIONS.</summary>
    public string DeviceDefenderMode { get; init; } = IndexingMode.Off;

    /// <summary>OFF or ON.</summary>
    public string NamedShadowMode { get; init; } = IndexingMode.Off;

    public IReadOnlyList<IndexedField> CustomFields { get; init; } = [];

    public IndexingFilter Filter { get; init; } = IndexingFilter.None;

    /// <summary>
    /// The managed fields as a client sent them in an update. They are validated and not stored: a response lists
    /// <see cref="ManagedFields.Of(ThingIndexing)"/>.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<IndexedField> RequestedManagedFields { get; init; } = [];
}
