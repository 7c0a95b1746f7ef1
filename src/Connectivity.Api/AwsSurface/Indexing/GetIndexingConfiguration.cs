using Connectivity.Api.Security;
using Connectivity.Domain.Indexing;
using Connectivity.Projections.Indexing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>
/// GetIndexingConfiguration: the current configuration. Source: AWS IoT API reference, GetIndexingConfiguration.
/// </summary>
public static class GetIndexingConfiguration
{
    public sealed record Response(ThingBlock ThingIndexingConfiguration, GroupBlock ThingGroupIndexingConfiguration);

    public sealed record ThingBlock(
        string ThingIndexingMode,
        string ThingConnectivityIndexingMode,
        string DeviceDefenderIndexingMode,
        string NamedShadowIndexingMode,
        IReadOnlyList<IndexedField>? ManagedFields,
        IReadOnlyList<IndexedField>? CustomFields,
        FilterBlock Filter);

    public sealed record GroupBlock(
        string ThingGroupIndexingMode,
        IReadOnlyList<IndexedField>? ManagedFields,
        IReadOnlyList<IndexedField>? CustomFields);

    public sealed record FilterBlock(
        IReadOnlyList<string>? NamedShadowNames,
        IReadOnlyList<GeoLocation>? GeoLocations,
        ConnectivityBlock? Connectivity);

    public sealed record ConnectivityBlock(IReadOnlyList<string> IncludeSocketInformation);

    public static async Task<JsonHttpResult<Response>> Handle(HttpContext context, Caller caller, IndexingStore indexing)
    {
        caller.Require(Caller.AnyResource);
        var configuration = await indexing.GetAsync(caller.Account, context.RequestAborted);
        var (things, groups) = (configuration.Thing, configuration.ThingGroup);
        return AwsJson.Ok(new Response(
            new ThingBlock(
                things.Mode,
                things.ConnectivityMode,
                things.DeviceDefenderMode,
                things.NamedShadowMode,
                NullIfEmpty(ManagedFields.Of(things)),
                NullIfEmpty(things.CustomFields),
                new FilterBlock(
                    NullIfEmpty(things.Filter.NamedShadowNames),
                    NullIfEmpty(things.Filter.GeoLocations),
                    things.Filter.IncludeSocketInformation
                        ? new ConnectivityBlock([IndexingFilter.SocketInformationApi])
                        : null)),
            new GroupBlock(groups.Mode, NullIfEmpty(ManagedFields.Of(groups)), NullIfEmpty(groups.CustomFields))));
    }

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}
