using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface.Indexing;
using Connectivity.Api.AwsSurface.Status;
using Connectivity.Api.AwsSurface.Things;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// The operations that AWS clients call, exactly as the AWS IoT API reference has them. What all have in common stands once on the group.
/// </summary>
public static class AwsRoutes
{
    /// <summary>Bytes. No request of these operations comes near it.</summary>
    public const int MaximumBodySize = 128 * 1024;

    public static void MapAwsSurface(this IEndpointRouteBuilder routes)
    {
        var aws = routes.MapGroup("")
            .AddEndpointFilter(AwsErrors.Answer)
            .WithMetadata(AwsErrors.Surface, new RequestSizeLimitAttribute(MaximumBodySize))
            .ExcludeFromDescription();

        aws.MapPost("/things/{thingName}/connectivity-data", GetThingConnectivityData.Handle).Does("iot:GetThingConnectivityData", OperationGroup.GetThingConnectivityData);

        aws.MapPost("/things/{thingName}", CreateThing.Handle).Does("iot:CreateThing", OperationGroup.Registry);
        aws.MapGet("/things/{thingName}", DescribeThing.Handle).Does("iot:DescribeThing", OperationGroup.Registry);
        aws.MapPatch("/things/{thingName}", UpdateThing.Handle).Does("iot:UpdateThing", OperationGroup.Registry);
        aws.MapDelete("/things/{thingName}", DeleteThing.Handle).Does("iot:DeleteThing", OperationGroup.Registry);
        aws.MapGet("/things", ListThings.Handle).Does("iot:ListThings", OperationGroup.Registry);

        aws.MapPost("/indexing/config", UpdateIndexingConfiguration.Handle).Does("iot:UpdateIndexingConfiguration", OperationGroup.Indexing);
        aws.MapGet("/indexing/config", GetIndexingConfiguration.Handle).Does("iot:GetIndexingConfiguration", OperationGroup.Indexing);
        aws.MapGet("/indices", ListIndices.Handle).Does("iot:ListIndices", OperationGroup.Indexing);
        aws.MapGet("/indices/{indexName}", DescribeIndex.Handle).Does("iot:DescribeIndex", OperationGroup.Indexing);

        // Every path, also what looks like the name of a file.
        aws.MapFallback("{**path}", UnknownOperation.Handle);
    }
}
