using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Ingest;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.Hosting;

/// <summary>Our own REST surface, described by OpenAPI. Errors are problem details.</summary>
public static class V1Routes
{
    public static void MapV1(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").AddEndpointFilter(Problems.Answer)
            .WithMetadata(Problems.Surface, new RequestSizeLimitAttribute(AwsRoutes.MaximumBodySize));

        v1.MapPost("/lifecycle-events", PostLifecycleEvents.Handle).WithOperation(PostLifecycleEvents.Action, OperationGroup.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(PostLifecycleEvents.MaximumBodySize))
            .WithName("PostLifecycleEvents").WithSummary("Stores lifecycle events: one, an array, or one on each line")
            .Produces<PostLifecycleEvents.Response>();
        v1.MapGet("/things/{thingName}/connectivity", GetConnectivity.Handle).WithOperation("connectivity:GetThingConnectivity", OperationGroup.History)
            .WithName("GetConnectivity").WithSummary("Whether a thing is connected, now or at a time in the past")
            .Produces<GetConnectivity.Response>();
        v1.MapGet("/things/{thingName}/events", GetEvents.Handle).WithOperation("connectivity:ListLifecycleEvents", OperationGroup.History)
            .WithName("GetEvents").WithSummary("The lifecycle events of a thing in the order they were recorded, page by page")
            .Produces<GetEvents.Response>();
        v1.MapFallback("{**path}", () => Problems.Of(StatusCodes.Status404NotFound, "Nothing is served at this path.")).ExcludeFromDescription();
    }
}
