using Connectivity.Api.History;
using Connectivity.Api.Security;
using Connectivity.Api.Telemetry;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Holds;

/// <summary><c>DELETE /v1/things/{thingName}/hold</c>: lifts a legal hold. Idempotent.</summary>
public static class DeleteHold
{
    public static async Task<Results<Ok<ThingHold>, ProblemHttpResult>> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry, LegalHolds holds,
        ILogger<ThingHold> logger)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        if (await registry.FindAsync(caller.Account, thingName, context.RequestAborted) is null)
            return ThingProblems.NotFound();
        if (await holds.LiftAsync(caller.Account, thingName, context.RequestAborted))
            logger.HoldLifted(thingName, caller.Account.ToString(), caller.Arn);
        return TypedResults.Ok(ThingHold.Of(thingName, hold: null));
    }
}
