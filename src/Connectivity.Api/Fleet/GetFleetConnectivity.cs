using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.History;
using Connectivity.Projections.Fleet;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary>
/// <c>GET /v1/fleet/connectivity</c>: how many things are connected, disconnected and why; now or at a time in the past.
/// </summary>
public static class GetFleetConnectivity
{
    /// <param name="AsOf">The time that the counts are of: the present, or the beginning of a minute.</param>
    /// <param name="NeverConnected">Things that had not connected.</param>
    /// <param name="DisconnectReasons">Of the disconnected things.</param>
    public sealed record Response(
        DateTimeOffset AsOf, long Things, long Connected, long Disconnected, long NeverConnected,
        IReadOnlyDictionary<string, long> DisconnectReasons);

    /// <param name="asOf">
    /// A time in the past, cut to its minute: the counts are those when that minute began. The present if it is omitted.
    /// </param>
    /// <param name="by">
    /// occurredAt (the default): what was true at asOf, as far as is known now; recordedAt: what was known at asOf.
    /// </param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        string? asOf, string? by, HttpContext context, Caller caller, FleetHistory history, FleetPresent present)
    {
        if (!TimeRange.TryParse("asOf", asOf, out var time, out var wrong)
            || !ListingOrder.TryParseTime(by, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (by is not null && time is null) return Problems.Of(StatusCodes.Status400BadRequest, "by needs asOf.");
        caller.Require(Caller.AnyResource);

        var (at, states) = time is null
            ? await present.WithTimeAsync(caller.Account, context.RequestAborted)
            : (FleetCounts.MinuteOf(time.Value), await history.StatesAtAsync(
                caller.Account, FleetCounts.MinuteOf(time.Value), ListingOrder.IsByRecordedAt(by),
                context.RequestAborted));
        if (states is null) return ThingProblems.IndexingOff();
        var connected = states.States.GetValueOrDefault(ThingState.Connected);
        var all = states.States.Values.Sum();
        return TypedResults.Ok(new Response(
            at, states.Things, connected, all - connected, Math.Max(0, states.Things - all),
            states.States.Where(state => state.Key != ThingState.Connected)
                .OrderByDescending(state => state.Value).ThenBy(state => state.Key, StringComparer.Ordinal)
                .ToDictionary(state => state.Key, state => state.Value)));
    }
}
