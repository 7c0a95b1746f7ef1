namespace Connectivity.Domain.Indexing;

/// <summary>
/// Which named shadows and geographic locations the index of things contains, and whether socket information.
/// </summary>
public sealed record IndexingFilter
{
    public static readonly IndexingFilter None = new();

    public IReadOnlyList<string> NamedShadowNames { get; init; } = [];

    public IReadOnlyList<GeoLocation> GeoLocations { get; init; } = [];

    /// <summary>
    /// The opt-in to release socket information. On the wire it is a list of API names under
    /// <c>filter.connectivity.includeSocketInformation</c>, of which only <see cref="SocketInformationApi"/> exists.
    /// </summary>
    public bool IncludeSocketInformation { get; init; }

    /// <summary>The one API that socket information can be released by.</summary>
    public const string SocketInformationApi = "GET_THING_CONNECTIVITY_DATA";
}

/// <summary>Where in a thing's data a location is found.</summary>
/// <param name="Order">One of <see cref="GeoLocationOrder"/>.</param>
public sealed record GeoLocation(string Name, string Order = GeoLocationOrder.LatLon);

/// <summary>Which coordinate of a location comes first, by its name on the wire.</summary>
public static class GeoLocationOrder
{
    public const string LatLon = "LatLon";
    public const string LonLat = "LonLat";
}
