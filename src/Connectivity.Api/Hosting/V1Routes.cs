using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.History;
using Connectivity.Api.Holds;
using Connectivity.Api.Http;
using Connectivity.Api.Ingest;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.Hosting;

/// <summary>Our own REST surface, described by OpenAPI. Errors are problem details.</summary>
public static class V1Routes
{
    private const string LifecycleEvents = "Lifecycle events";
    private const string Things = "Things";
    private const string HoldPath = "/things/{thingName}/hold";

    public static void MapV1(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").AddEndpointFilter(Problems.Answer)
            .WithMetadata(Problems.Surface, new RequestSizeLimitAttribute(AwsRoutes.MaximumBodySize))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        v1.MapPost("/lifecycle-events", PostLifecycleEvents.Handle)
            .WithOperation(PostLifecycleEvents.Action, OperationGroup.Ingest)
            .WithMetadata(new RequestSizeLimitAttribute(PostLifecycleEvents.MaximumBodySize))
            .WithName("PostLifecycleEvents").WithTags(LifecycleEvents)
            .WithSummary("Stores lifecycle events: one, an array, or one on each line")
            .AcceptsLifecycleEvents()
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        v1.MapGet("/things/{thingName}/connectivity", GetConnectivity.Handle)
            .WithOperation("connectivity:GetThingConnectivity", OperationGroup.History)
            .WithName("GetConnectivity").WithTags(Things)
            .WithSummary("Whether a thing is connected, now or at a time in the past")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/things/{thingName}/events", GetEvents.Handle)
            .WithOperation("connectivity:ListLifecycleEvents", OperationGroup.History)
            .WithName("GetEvents").WithTags(Things)
            .WithSummary("The lifecycle events of a thing in the order they were recorded, page by page")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapPut(HoldPath, PutHold.Handle)
            .WithOperation("connectivity:PutThingHold", OperationGroup.History)
            .WithName("PutHold").WithTags(Things)
            .WithSummary("Places a legal hold on a thing, or changes its reason")
            .AcceptsHold()
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet(HoldPath, GetHold.Handle)
            .WithOperation("connectivity:GetThingHold", OperationGroup.History)
            .WithName("GetHold").WithTags(Things)
            .WithSummary("Whether a thing is on legal hold, why, since when, and by whom")
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapDelete(HoldPath, DeleteHold.Handle)
            .WithOperation("connectivity:DeleteThingHold", OperationGroup.History)
            .WithName("DeleteHold").WithTags(Things)
            .WithSummary("Lifts the legal hold on a thing")
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapFallback("{**path}", UnknownRoute.Handle).ExcludeFromDescription();
    }
}
