using System.Buffers;
using System.Text.Json;
using Connectivity.Access.Keys;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Things;
using Connectivity.Projections.Holds;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Holds;

/// <summary>
/// <c>PUT</c>, <c>GET</c> and <c>DELETE /v1/things/{thingName}/hold</c>: a legal hold. While there is one, the thing
/// can't be deleted, and indexing can't be turned off in its account.
/// </summary>
public static class ThingHold
{
    private const int MaximumReasonLength = 1_024;

    /// <param name="Reason">1 to 1024 characters.</param>
    public sealed record Request(string? Reason);

    public static async Task<Results<Ok<LegalHold>, ProblemHttpResult>> Put(
        string thingName, HttpContext context, Caller caller, ThingHolds holds)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        if (await ReasonAsync(context) is not { } reason)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                $$"""The body must be {"reason": "…"}, with a reason of 1 to {{MaximumReasonLength}} characters.""");
        var user = (Principal)context.User;
        return await holds.PlaceAsync(caller.Account, thingName, reason, user.Arn, context.RequestAborted) is { } hold
            ? TypedResults.Ok(hold)
            : ThingProblems.NotFound();
    }

    public static async Task<Results<Ok<LegalHold>, ProblemHttpResult>> Get(
        string thingName, HttpContext context, Caller caller, ThingHolds holds)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        return await holds.FindAsync(caller.Account, thingName, context.RequestAborted) is { } hold
            ? TypedResults.Ok(hold)
            : NoHold();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string thingName, HttpContext context, Caller caller, ThingHolds holds)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        return await holds.LiftAsync(caller.Account, thingName, context.RequestAborted)
            ? TypedResults.NoContent()
            : NoHold();
    }

    private static ProblemHttpResult NoHold() =>
        Problems.Of(StatusCodes.Status404NotFound, "No thing of this name is on hold.");

    private static async Task<string?> ReasonAsync(HttpContext context)
    {
        try
        {
            var content = (await RequestBodies.ContentAsync(context)).ToArray();
            return JsonSerializer.Deserialize<Request>(content, JsonSerializerOptions.Web)?.Reason is { } reason
                && reason.Trim().Length is > 0 and <= MaximumReasonLength
                ? StorableText.Of(reason.Trim())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
