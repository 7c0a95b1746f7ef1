using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface.Indexing;
using Connectivity.Api.AwsSurface.Status;
using Connectivity.Api.AwsSurface.Things;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// The operations that AWS clients call, exactly as the AWS IoT API reference has them. The route group holds what they
/// have in common.
/// </summary>
public static class AwsRoutes
{
    /// <summary>Bytes: far more than any request of these operations needs.</summary>
    public const int MaximumBodySize = 128 * 1024;

    public static void MapAwsSurface(this IEndpointRouteBuilder routes)
    {
        var aws = routes.MapGroup("")
            .AddEndpointFilter(AwsErrors.Answer)
            .WithMetadata(AwsErrors.Surface, new RequestSizeLimitAttribute(MaximumBodySize))
            .ExcludeFromDescription();

        aws.MapPost("/things/{thingName}/connectivity-data", GetThingConnectivityData.Handle)
            .WithOperation("iot:GetThingConnectivityData", OperationGroup.GetThingConnectivityData);

        aws.MapPost("/things/{thingName}", CreateThing.Handle)
            .WithOperation("iot:CreateThing", OperationGroup.Registry);
        aws.MapGet("/things/{thingName}", DescribeThing.Handle)
            .WithOperation("iot:DescribeThing", OperationGroup.Registry);
        aws.MapPatch("/things/{thingName}", UpdateThing.Handle)
            .WithOperation("iot:UpdateThing", OperationGroup.Registry);
        aws.MapDelete("/things/{thingName}", DeleteThing.Handle)
            .WithOperation("iot:DeleteThing", OperationGroup.Registry);
        aws.MapGet("/things", ListThings.Handle)
            .WithOperation("iot:ListThings", OperationGroup.Registry);

        aws.MapPost("/indexing/config", UpdateIndexingConfiguration.Handle)
            .WithOperation("iot:UpdateIndexingConfiguration", OperationGroup.Indexing);
        aws.MapGet("/indexing/config", GetIndexingConfiguration.Handle)
            .WithOperation("iot:GetIndexingConfiguration", OperationGroup.Indexing);
        aws.MapGet("/indices", ListIndices.Handle)
            .WithOperation("iot:ListIndices", OperationGroup.Indexing);
        aws.MapGet("/indices/{indexName}", DescribeIndex.Handle)
            .WithOperation("iot:DescribeIndex", OperationGroup.Indexing);

        // The default pattern of a fallback excludes paths that look like file names.
        aws.MapFallback("{**path}", UnknownOperation.Handle);
    }
}
