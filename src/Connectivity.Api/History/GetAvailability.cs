using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.History;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>
/// <c>GET /v1/things/{thingName}/availability</c>: how long and how steadily a thing was connected in a range.
/// </summary>
public static class GetAvailability
{
    private const int MaximumIntervals = 1_000;

    /// <param name="From">The first moment of the range.</param>
    /// <param name="To">The first moment after the range; never in the future.</param>
    /// <param name="Intervals">The parts of the range, if the request gives their length.</param>
    public sealed record Response(
        string ThingName, DateTimeOffset From, DateTimeOffset To, Figures Total, IReadOnlyList<Interval>? Intervals);

    /// <param name="Availability">The connected share of the known time, 0 to 1; omitted where no time is known.</param>
    /// <param name="UnknownSeconds">
    /// Before the first event, or before the end of a session whose connect is not known.
    /// </param>
    /// <param name="Drops">How often it went from connected to disconnected.</param>
    /// <param name="MeanSecondsBetweenDrops">Connected time for each drop; omitted without a drop.</param>
    /// <param name="LongestOutageSeconds">The longest time without a break for which it was disconnected.</param>
    /// <param name="FlappingScore">
    /// 0 to 1: the weighted share of 20 equal parts of the range in which the state changed, later parts weighing more
    /// (Nagios Core, "Detection and Handling of State Flapping").
    /// </param>
    public sealed record Figures(
        double? Availability, double ConnectedSeconds, double DisconnectedSeconds, double UnknownSeconds, int Drops,
        double? MeanSecondsBetweenDrops, double LongestOutageSeconds, double FlappingScore);

    /// <inheritdoc cref="Figures"/>
    /// <param name="From">The first moment of the interval.</param>
    public sealed record Interval(
        DateTimeOffset From, DateTimeOffset To, double ConnectedSeconds, double DisconnectedSeconds,
        double UnknownSeconds, int Drops);

    /// <param name="from">The first moment of the range; 24 hours before to if it is omitted.</param>
    /// <param name="to">The first moment after the range; the present if it is omitted or in the future.</param>
    /// <param name="interval">The length of intervals, such as 15m, 1h or 1d; none if it is omitted.</param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        string thingName,
        string? from,
        string? to,
        string? interval,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        SessionHistory history,
        TimeProvider clock)
    {
        TimeSpan? length = null;
        var now = clock.GetUtcNow();
        if (!TimeRange.TryParse(from, to, now, out var range, out var wrong)
            || !IntervalLength.TryParse(interval, range, MaximumIntervals, out length, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        var (thing, problem) = await AskedThing.FindAsync(
            thingName, includeSocketInformation: null, caller, connectivity, context.RequestAborted);
        if (thing is null) return problem!;

        if (range.Until > now) range = range with { Until = now > range.From ? now : range.From };
        var spans = await history.SpansAsync(
            caller.Account, thing.Record, range.From, range.Until, context.RequestAborted);
        return TypedResults.Ok(new Response(
            thingName, range.From, range.Until, Total(spans, range),
            length is { } each ? [.. IntervalLength.Split(range, each).Select(part => Part(spans, part))] : null));
    }

    private static Figures Total(IReadOnlyList<StateSpan> spans, TimeRange range)
    {
        var all = range.Length == TimeSpan.Zero
            ? new Availability(default, default, default, 0, default, 0)
            : Availability.Of(spans, range.From, range.Until);
        return new Figures(
            all.Share, all.Connected.TotalSeconds, all.Disconnected.TotalSeconds, all.Unknown.TotalSeconds, all.Drops,
            all.BetweenDrops?.TotalSeconds, all.LongestOutage.TotalSeconds, all.Flapping);
    }

    private static Interval Part(IReadOnlyList<StateSpan> spans, TimeRange part)
    {
        var figures = Availability.Of(spans, part.From, part.Until);
        return new Interval(
            part.From, part.Until, figures.Connected.TotalSeconds, figures.Disconnected.TotalSeconds,
            figures.Unknown.TotalSeconds, figures.Drops);
    }
}
