using Connectivity.Api.AwsSurface.Status;
using Connectivity.Api.AwsSurface.Indexing;
using Connectivity.Api.AwsSurface.Things;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// The operations that AWS clients call, exactly as the AWS IoT API reference has them. What all have in common, errors first and later
/// signature and throttle, stands once on the group.
/// </summary>
public static class AwsRoutes
{
    /// <summary>Bytes. No request of these operations comes near it.</summary>
    public const int MaximumBodySize = 128 * 1024;

    public static void MapAwsSurface(this IEndpointRouteBuilder routes)
    {
        var aws = routes.MapGroup("")
            .AddEndpointFilter(AwsErrors.Answer)
            .WithMetadata(new RequestSizeLimitAttribute(MaximumBodySize))
            .ExcludeFromDescription();

        aws.MapPost("/things/{thingName}/connectivity-data", GetThingConnectivityData.Handle);

        aws.MapPost("/things/{thingName}", CreateThing.Handle);
        aws.MapGet("/things/{thingName}", DescribeThing.Handle);
        aws.MapPatch("/things/{thingName}", UpdateThing.Handle);
        aws.MapDelete("/things/{thingName}", DeleteThing.Handle);
        aws.MapGet("/things", ListThings.Handle);

        aws.MapPost("/indexing/config", UpdateIndexingConfiguration.Handle);
        aws.MapGet("/indexing/config", GetIndexingConfiguration.Handle);
        aws.MapGet("/indices", ListIndices.Handle);
        aws.MapGet("/indices/{indexName}", DescribeIndex.Handle);

        // Every path, also what looks like the name of a file.
        aws.MapFallback("{**path}", UnknownOperation.Handle);
    }
}
