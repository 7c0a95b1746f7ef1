using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Projections.Fleet;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary><c>GET /v1/disconnects/summary</c>: how often things disconnected, by reason, by thing or over time.</summary>
public static class GetDisconnectSummary
{
    private const string ByReason = "reason";
    private const string ByThing = "thing";
    private const string ByHour = "hour";
    private const string ByDay = "day";
    private const int MaximumIntervals = 1_000;
    private const int MaximumThings = 1_000;
    private const int UsualThings = 10;

    /// <param name="From">The first moment of the range, cut to its minute.</param>
    /// <param name="To">The first moment after it, which ends a minute.</param>
    /// <param name="Disconnects">All of them.</param>
    /// <param name="Things">How many things had any; only of groupBy=thing.</param>
    /// <param name="Groups">By falling number; of hours and days in their order.</param>
    public sealed record Response(
        DateTimeOffset From, DateTimeOffset To, long Disconnects, long? Things, IReadOnlyList<Group> Groups);

    /// <param name="Reason">Of groupBy=reason.</param>
    /// <param name="ThingName">Of groupBy=thing.</param>
    /// <param name="From">When the hour or day begins.</param>
    /// <param name="LastAt">Of groupBy=thing: when the last of them occurred.</param>
    /// <param name="Intervals">The same in each interval, where the request gives one.</param>
    public sealed record Group(
        string? Reason, string? ThingName, DateTimeOffset? From, long Disconnects, DateTimeOffset? LastAt,
        IReadOnlyList<Interval>? Intervals);

    /// <param name="From">When the interval begins.</param>
    public sealed record Interval(DateTimeOffset From, long Disconnects);

    /// <param name="groupBy">reason (the default), thing, hour or day.</param>
    /// <param name="from">The first moment of the range; 24 hours before to if it is omitted.</param>
    /// <param name="to">The first moment after the range; the present if it is omitted.</param>
    /// <param name="interval">Of groupBy=reason: also in each interval, such as 15m, 1h or 1d.</param>
    /// <param name="reason">Of groupBy=thing: only disconnects for this reason.</param>
    /// <param name="prefix">Of groupBy=thing: only things whose names begin with it.</param>
    /// <param name="limit">Of groupBy=thing: how many things, 1 to 1000, 10 if not given.</param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        string? groupBy, string? from, string? to, string? interval, string? reason, string? prefix, int? limit,
        HttpContext context, Caller caller, FleetHistory history, DisconnectHistory disconnects, TimeProvider clock)
    {
        TimeSpan? length = null;
        if (!TimeRange.TryParse(from, to, clock.GetUtcNow(), out var range, out var wrong)
            || !IntervalLength.TryParse(interval, range = range.InMinutes(), MaximumIntervals, out length, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (Wrong(groupBy, interval, reason, prefix, limit) is { } detail)
            return Problems.Of(StatusCodes.Status400BadRequest, detail);
        caller.Require(Caller.AnyResource);

        var answer = groupBy switch
        {
            ByThing => await ByThingAsync(),
            ByHour => Over(await CountedAsync(TimeSpan.FromHours(1)), TimeSpan.FromHours(1)),
            ByDay => Over(await CountedAsync(TimeSpan.FromDays(1)), TimeSpan.FromDays(1)),
            _ => OfReasons(await CountedAsync(length)),
        };
        return answer is null ? ThingProblems.IndexingOff() : TypedResults.Ok(answer);

        // Hours and days begin where those of the clock do.
        Task<IReadOnlyList<CountedDisconnects>?> CountedAsync(TimeSpan? each) => history.DisconnectsAsync(
            caller.Account, range.From, range.Until, each, context.RequestAborted);

        async Task<Response?> ByThingAsync() =>
            await disconnects.ByThingAsync(
                caller.Account, new DisconnectFilter(range.From, range.Until, reason, prefix), limit ?? UsualThings,
                context.RequestAborted) is var (top, things, number)
                ? new Response(
                    range.From, range.Until, number, things,
                    [.. top.Select(thing => new Group(null, thing.ThingName, null, thing.Number, thing.LastAt, null))])
                : null;

        Response? OfReasons(IReadOnlyList<CountedDisconnects>? counted) => counted is null ? null : new Response(
            range.From, range.Until, counted.Sum(count => count.Number), null,
            [
                .. counted.GroupBy(count => count.Reason).Select(ofReason => new Group(
                        ofReason.Key, null, null, ofReason.Sum(count => count.Number), null,
                        length is null ? null : [.. ofReason.Select(count => new Interval(count.From, count.Number))]))
                    .OrderByDescending(group => group.Disconnects).ThenBy(group => group.Reason, StringComparer.Ordinal),
            ]);

        Response? Over(IReadOnlyList<CountedDisconnects>? counted, TimeSpan each) => counted is null ? null : new Response(
            range.From, range.Until, counted.Sum(count => count.Number), null,
            [
                .. IntervalLength.Split(range, each).Select(part => new Group(
                    null, null, part.From,
                    counted.Where(count => count.From == part.From).Sum(count => count.Number), null, null)),
            ]);
    }

    private static string? Wrong(string? groupBy, string? interval, string? reason, string? prefix, int? limit) =>
        groupBy is not (null or ByReason or ByThing or ByHour or ByDay)
            ? $"groupBy must be {ByReason}, {ByThing}, {ByHour} or {ByDay}."
        : interval is not null && groupBy is not (null or ByReason) ? $"interval is of groupBy={ByReason}."
        : (reason is not null || prefix is not null || limit is not null) && groupBy != ByThing
            ? $"reason, prefix and limit are of groupBy={ByThing}."
        : limit is < 1 or > MaximumThings ? $"limit must be 1 to {MaximumThings}."
        : GetDisconnects.WrongFilter(reason, prefix);
}
