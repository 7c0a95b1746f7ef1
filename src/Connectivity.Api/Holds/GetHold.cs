using Connectivity.Api.History;
using Connectivity.Api.Security;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Holds;

/// <summary><c>GET /v1/things/{thingName}/hold</c>: whether a thing is on legal hold.</summary>
public static class GetHold
{
    public static async Task<Results<Ok<ThingHold>, ProblemHttpResult>> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry, LegalHolds holds)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        if (await registry.FindAsync(caller.Account, thingName, context.RequestAborted) is null)
            return ThingProblems.NotFound();
        var hold = await holds.FindAsync(caller.Account, thingName, context.RequestAborted);
        return TypedResults.Ok(ThingHold.Of(thingName, hold));
    }
}
