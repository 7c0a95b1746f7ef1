using Connectivity.Domain.Indexing;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>
/// Reads the blocks of an indexing configuration from a request. Names and values are validated here, in the order and
/// wording of AWS; <see cref="IndexingConfiguration.Update"/> has the rules between them.
/// </summary>
public static class IndexingConfigurationRequest
{
    // In the order in which AWS prints them.
    private static readonly string[] ThingModes =
        [IndexingMode.RegistryAndShadow, IndexingMode.Off, IndexingMode.Registry];
    private static readonly string[] ConnectivityModes = [IndexingMode.Off, IndexingMode.Status];
    private static readonly string[] DeviceDefenderModes = [IndexingMode.Violations, IndexingMode.Off];
    private static readonly string[] OnOrOff = [IndexingMode.Off, IndexingMode.On];
    private static readonly string[] FieldTypes = [FieldType.Boolean, FieldType.Number, FieldType.String];
    private static readonly string[] Orders = [GeoLocationOrder.LatLon, GeoLocationOrder.LonLat];

    public static ThingIndexing? Things(AwsRequestBody request)
    {
        if (request.Object("thingIndexingConfiguration") is not { } block) return null;
        return new ThingIndexing
        {
            Mode = block.OneOf("thingIndexingMode", ThingModes, required: true) ?? IndexingMode.Off,
            ConnectivityMode = block.OneOf("thingConnectivityIndexingMode", ConnectivityModes) ?? IndexingMode.Off,
            DeviceDefenderMode = block.OneOf("deviceDefenderIndexingMode", DeviceDefenderModes) ?? IndexingMode.Off,
            NamedShadowMode = block.OneOf("namedShadowIndexingMode", OnOrOff) ?? IndexingMode.Off,
            CustomFields = Fields(block, "customFields"),
            RequestedManagedFields = Fields(block, "managedFields"),
            Filter = block.Object("filter") is { } filter ? Filter(filter) : IndexingFilter.None,
        };
    }

    public static ThingGroupIndexing? ThingGroups(AwsRequestBody request)
    {
        if (request.Object("thingGroupIndexingConfiguration") is not { } block) return null;
        return new ThingGroupIndexing
        {
            Mode = block.OneOf("thingGroupIndexingMode", OnOrOff, required: true) ?? IndexingMode.Off,
            CustomFields = Fields(block, "customFields"),
            RequestedManagedFields = Fields(block, "managedFields"),
        };
    }

    private static IReadOnlyList<IndexedField> Fields(AwsRequestBody block, string name) =>
        [.. block.Objects(name).Select(field => new IndexedField(
            field.String("name") ?? "", field.OneOf("type", FieldTypes) ?? FieldType.String))];

    private static IndexingFilter Filter(AwsRequestBody filter) => new()
    {
        NamedShadowNames = filter.Strings("namedShadowNames"),
        GeoLocations = [.. filter.Objects("geoLocations").Select(location => new GeoLocation(
            location.String("name") ?? "", location.OneOf("order", Orders) ?? GeoLocationOrder.LatLon))],
        IncludeSocketInformation =
            filter.Object("connectivity") is { } connectivity && IncludesSocketInformation(connectivity),
    };

    private static bool IncludesSocketInformation(AwsRequestBody connectivity)
    {
        const string Name = "includeSocketInformation";
        var apis = connectivity.Strings(Name);
        if (apis.Any(api => api != IndexingFilter.SocketInformationApi))
            connectivity.Constraints.Violated(
                $"[{string.Join(", ", apis)}]",
                connectivity.PathOf(Name),
                "Member must satisfy constraint: "
                + $"[Member must satisfy enum value set: [{IndexingFilter.SocketInformationApi}]]");
        return apis.Count > 0;
    }
}
