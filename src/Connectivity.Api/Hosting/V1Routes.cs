using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.Changes;
using Connectivity.Api.Fleet;
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
    private const string Fleet = "Fleet";
    private const string Changes = "Changes";

    public static void MapV1(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").AddEndpointFilter(Problems.Answer)
            .AddEndpointFilterFactory(KnownParameters.Filter)
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
            .WithSummary("The lifecycle events of a thing, page by page")
            .Produces<GetEvents.Response>(StatusCodes.Status200OK, "application/json", Csv.MediaType)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/things/{thingName}/sessions", GetSessions.Handle)
            .WithOperation("connectivity:ListSessions", OperationGroup.History)
            .WithName("GetSessions").WithTags(Things)
            .WithSummary("The connections of a thing: when each began, how long it lasted and why it ended")
            .Produces<GetSessions.Response>(StatusCodes.Status200OK, "application/json", Csv.MediaType)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/things/{thingName}/availability", GetAvailability.Handle)
            .WithOperation("connectivity:GetAvailability", OperationGroup.History)
            .WithName("GetAvailability").WithTags(Things)
            .WithSummary("How long and how steadily a thing was connected in a range of time")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapPut("/things/{thingName}/hold", ThingHold.Put)
            .WithOperation("connectivity:PutThingHold", OperationGroup.Registry)
            .WithName("PutThingHold").WithTags(Things).Accepts<ThingHold.Request>("application/json")
            .WithSummary("Places a legal hold: until it is lifted, the thing can't be deleted, nor indexing turned off")
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet("/things/{thingName}/hold", ThingHold.Get)
            .WithOperation("connectivity:GetThingHold", OperationGroup.Registry)
            .WithName("GetThingHold").WithTags(Things)
            .WithSummary("The legal hold on a thing: its reason, who placed it, and when")
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapDelete("/things/{thingName}/hold", ThingHold.Delete)
            .WithOperation("connectivity:DeleteThingHold", OperationGroup.Registry)
            .WithName("DeleteThingHold").WithTags(Things)
            .WithSummary("Lifts the legal hold on a thing")
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet("/things", GetThings.Handle)
            .WithOperation("connectivity:ListThings", OperationGroup.History)
            .WithName("GetThings").WithTags(Fleet)
            .WithSummary("Which things are connected or not, since when and why")
            .Produces<GetThings.Response>(StatusCodes.Status200OK, "application/json", Csv.MediaType)
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapPost("/connectivity:batchGet", BatchGetConnectivity.Handle)
            .WithOperation("connectivity:GetThingConnectivity", OperationGroup.History)
            .WithName("BatchGetConnectivity").WithTags(Fleet)
            .Accepts<BatchGetConnectivity.Request>("application/json")
            .WithSummary("The connectivity of up to 1000 things, now or at a time in the past")
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/fleet/connectivity", GetFleetConnectivity.Handle)
            .WithOperation("connectivity:GetFleetConnectivity", OperationGroup.History)
            .WithName("GetFleetConnectivity").WithTags(Fleet)
            .WithSummary("How many things are connected, disconnected and why, now or at a time in the past")
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/fleet/connectivity/series", GetFleetSeries.Handle)
            .WithOperation("connectivity:GetFleetConnectivity", OperationGroup.History)
            .WithName("GetFleetSeries").WithTags(Fleet)
            .WithSummary("How many things were connected, and how many connected and disconnected, over time")
            .Produces<GetFleetSeries.Response>(StatusCodes.Status200OK, "application/json", Csv.MediaType)
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/disconnects", GetDisconnects.Handle)
            .WithOperation("connectivity:ListDisconnects", OperationGroup.History)
            .WithName("GetDisconnects").WithTags(Fleet)
            .WithSummary("Who disconnected, when, why, and how long the session had lasted")
            .Produces<GetDisconnects.Response>(StatusCodes.Status200OK, "application/json", Csv.MediaType)
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/disconnects/summary", GetDisconnectSummary.Handle)
            .WithOperation("connectivity:SummarizeDisconnects", OperationGroup.History)
            .WithName("GetDisconnectSummary").WithTags(Fleet)
            .WithSummary("How often things disconnected, by reason, by thing or over time")
            .ProducesProblem(StatusCodes.Status409Conflict);
        v1.MapGet("/changes", GetChanges.Handle)
            .WithOperation("connectivity:ListChanges", OperationGroup.History)
            .WithName("GetChanges").WithTags(Changes)
            .WithSummary("Every event of the account in recorded order, from any cursor on, and live")
            .Produces<GetChanges.Response>(
                StatusCodes.Status200OK, "application/json", GetChanges.Ndjson, GetChanges.EventStream)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status410Gone);
        v1.MapFallback("{**path}", UnknownRoute.Handle).ExcludeFromDescription();
    }
}
