using System.Text.Json.Serialization;

namespace Connectivity.Domain.Indexing;

/// <summary>What is indexed of thing groups.</summary>
public sealed record ThingGroupIndexing
{
    public static readonly ThingGroupIndexing Off = new();

    /// <summary>OFF or ON.</summary>
    public string Mode { get; init; } = IndexingMode.Off;

    public IReadOnlyList<IndexedField> CustomFields { get; init; } = [];

    /// <inheritdoc cref="ThingIndexing.RequestedManagedFields"/>
    [JsonIgnore]
    public IReadOnlyList<IndexedField> RequestedManagedFields { get; init; } = [];
}
