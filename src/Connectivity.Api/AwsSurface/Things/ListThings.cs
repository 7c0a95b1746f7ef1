using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>
/// ListThings: the registered devices by name, page by page. Source: AWS IoT API reference, ListThings.
/// </summary>
public static class ListThings
{
    public sealed record Item(
        string ThingName, string ThingArn, IReadOnlyDictionary<string, string> Attributes, long Version);

    public sealed record Response(IReadOnlyList<Item> Things, string? NextToken);

    private const int MaximumPage = 250;

    public static async Task<JsonHttpResult<Response>> Handle(HttpContext context, Caller caller, ThingRegistry registry)
    {
        var query = context.Request.Query;
        var limit = query.MaxResults(MaximumPage);
        var filter = new ThingFilter(
            query.AwsString("attributeName"),
            query.AwsString("attributeValue"),
            query.AwsBoolean("usePrefixAttributeValue"));
        if (filter is { AttributeName: null, AttributeValue: not null })
            throw new AwsException(AwsError.InvalidRequest("attributeValue is given without attributeName"));
        var listing = $"ListThings {caller.Account} {filter}";
        var after = query.Position(listing);
        caller.Require(Caller.AnyResource);
        // Thing types are not supported, so no thing has one.
        if (query.AwsString("thingTypeName") is not null) return AwsJson.Ok(new Response([], null));

        var things = await registry.ListAsync(caller.Account, filter, after, limit + 1, context.RequestAborted);
        var page = things.Take(limit).Select(thing => new Item(
            thing.Name, caller.ThingArn(thing.Name), thing.Attributes, thing.Version)).ToList();
        return AwsJson.Ok(new Response(
            page, things.Count > limit ? PageToken.Write(page[^1].ThingName, listing) : null));
    }
}
