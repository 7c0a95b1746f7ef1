using System.Text.Json.Serialization;

namespace Connectivity.Domain.Indexing;

/// <summary>
/// The fleet indexing configuration of an account: of things, with their connectivity, and of thing groups. Names and
/// types of modes and fields are validated where the request is read; this type validates the rules between them.
/// </summary>
public sealed record IndexingConfiguration
{
    /// <summary>The configuration of an account that never updated it.</summary>
    public static readonly IndexingConfiguration Off = new();

    public ThingIndexing Thing { get; init; } = ThingIndexing.Off;

    public ThingGroupIndexing ThingGroup { get; init; } = ThingGroupIndexing.Off;

    /// <summary>Whether lifecycle events are stored at all.</summary>
    [JsonIgnore]
    public bool ConnectivityIsIndexed =>
        Thing.Mode != IndexingMode.Off && Thing.ConnectivityMode == IndexingMode.Status;

    /// <summary>Whether socket information may leave the system, where request and policy allow it too.</summary>
    [JsonIgnore]
    public bool ReleasesSocketInformation => ConnectivityIsIndexed && Thing.Filter.IncludeSocketInformation;

    /// <summary>
    /// The configuration after an update. A block that is present replaces the stored one as a whole; an absent one
    /// leaves it untouched. A block whose mode is off loses all other settings.
    /// </summary>
    public IndexingUpdate Update(ThingIndexing? thing, ThingGroupIndexing? group)
    {
        if (Validate(thing, group) is { } error) return new IndexingUpdate(null, error);
        return new IndexingUpdate(
            new IndexingConfiguration
            {
                Thing = thing is null ? Thing
                    : thing.Mode == IndexingMode.Off ? ThingIndexing.Off
                    : thing with { RequestedManagedFields = [] },
                ThingGroup = group is null ? ThingGroup
                    : group.Mode == IndexingMode.Off ? ThingGroupIndexing.Off
                    : group with { RequestedManagedFields = [] },
            },
            null);
    }

    private static string? Validate(ThingIndexing? thing, ThingGroupIndexing? group)
    {
        if (thing is null && group is null)
            return "At least one configuration to update "
                + "(thingIndexingConfiguration / thingGroupIndexingConfiguration) is required";
        return (thing is null ? null : Validate(thing) ?? ManagedFields.Validate(thing))
            ?? (group is null ? null : ManagedFields.Validate(group));
    }

    private static string? Validate(ThingIndexing thing)
    {
        if (thing.Mode == IndexingMode.Off)
            return thing.ConnectivityMode != IndexingMode.Off ? NeedsThings("ThingConnectivityIndexingMode")
                : thing.NamedShadowMode != IndexingMode.Off ? NeedsThings("NamedShadowIndexingMode")
                : thing.DeviceDefenderMode != IndexingMode.Off ? NeedsThings("DeviceDefenderIndexingMode")
                : null;
        return thing.NamedShadowMode != IndexingMode.Off && thing.Filter.NamedShadowNames.Count == 0
            ? "NamedShadowNames Filter must not be empty for enabling NamedShadowIndexingMode"
            : null;
    }

    private static string NeedsThings(string mode) => $"ThingIndexingMode must be turned ON for enabling {mode}";
}
