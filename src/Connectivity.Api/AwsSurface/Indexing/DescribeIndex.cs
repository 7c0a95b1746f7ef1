using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Indexing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>
/// DescribeIndex: every index that exists is active, because none has to be built. Source: AWS IoT API reference,
/// DescribeIndex.
/// </summary>
public static class DescribeIndex
{
    public sealed record Response(string IndexName, string IndexStatus, string Schema);

    public static async Task<JsonHttpResult<Response>> Handle(
        string indexName, HttpContext context, Caller caller, IndexingStore indexing)
    {
        ThingNameValidation.Check(indexName, "indexName");
        if (indexName is not (Indices.Things or Indices.ThingGroups))
            throw new AwsException(AwsError.InvalidRequest($"Unrecognized indexName {indexName}"));
        caller.Require(Arn.Index(caller.Account.Region, caller.Account.Id, indexName));
        var configuration = await indexing.GetAsync(caller.Account, context.RequestAborted);
        return Indices.Schema(indexName, configuration) is { } schema
            ? AwsJson.Ok(new Response(indexName, "ACTIVE", schema))
            : throw new AwsException(AwsError.ResourceNotFound($"Index {indexName} does not exist"));
    }
}
