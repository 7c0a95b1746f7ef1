using System.Buffers;
using System.Text.Json;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Api.Telemetry;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Holds;

/// <summary>
/// <c>PUT /v1/things/{thingName}/hold</c>: places a legal hold. Until it is lifted, the thing can't be deleted and
/// connectivity indexing of its account can't be turned off.
/// </summary>
public static class PutHold
{
    public static async Task<Results<Ok<ThingHold>, ProblemHttpResult>> Handle(
        string thingName, HttpContext context, Caller caller, LegalHolds holds, ILogger<ThingHold> logger)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        caller.Require(caller.ThingArn(thingName));
        if (Reason(await RequestBodies.ContentAsync(context)) is not { } reason)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "The body must be a JSON object whose reason is a string of 1 to "
                + $"{LegalHolds.MaximumReason} characters.");
        var hold = await holds.PlaceAsync(caller.Account, thingName, reason, caller.Arn, context.RequestAborted);
        if (hold is null) return ThingProblems.NotFound();
        logger.HoldPlaced(thingName, caller.Account.ToString(), caller.Arn);
        return TypedResults.Ok(ThingHold.Of(thingName, hold));
    }

    private static string? Reason(ReadOnlySequence<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("reason", out var value)
                && value.ValueKind == JsonValueKind.String
                && JsonText.Read(value) is { Length: > 0 and <= LegalHolds.MaximumReason } text
                && !string.IsNullOrWhiteSpace(text)
                    ? text
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
