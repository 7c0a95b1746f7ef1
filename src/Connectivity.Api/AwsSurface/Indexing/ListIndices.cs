using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Projections.Indexing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>ListIndices: the indexes that exist. Source: AWS IoT API reference, ListIndices.</summary>
public static class ListIndices
{
    public sealed record Response(IReadOnlyList<string> IndexNames, string? NextToken);

    private const int MaximumPage = 500;

    public static async Task<JsonHttpResult<Response>> Handle(HttpContext context, Caller caller, IndexingStore indexing)
    {
        var query = context.Request.Query;
        var limit = query.MaxResults(MaximumPage);
        var listing = $"ListIndices {caller.Account}";
        var after = query.Position(listing);
        caller.Require(Caller.AnyResource);

        var configuration = await indexing.GetAsync(caller.Account, context.RequestAborted);
        string[] names = [.. new[] { Indices.ThingGroups, Indices.Things }
            .Where(name => string.CompareOrdinal(name, after) > 0 && Indices.Schema(name, configuration) is not null)];
        return AwsJson.Ok(new Response(
            names[..Math.Min(limit, names.Length)],
            names.Length > limit ? PageToken.Write(names[limit - 1], listing) : null));
    }
}
