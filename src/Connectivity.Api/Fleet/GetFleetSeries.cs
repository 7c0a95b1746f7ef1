using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Projections.Fleet;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary><c>GET /v1/fleet/connectivity/series</c>: the fleet over time.</summary>
public static class GetFleetSeries
{
    private const int MaximumPoints = 1_000;
    private const int UsualPoints = 288;

    /// <param name="From">The first moment of the range, cut to its minute.</param>
    /// <param name="To">The first moment after it, which ends a minute.</param>
    /// <param name="IntervalSeconds">The length of each interval; the last one may be shorter.</param>
    public sealed record Response(
        DateTimeOffset From, DateTimeOffset To, double IntervalSeconds, IReadOnlyList<Point> Points);

    /// <param name="From">When the interval begins.</param>
    /// <param name="Connected">Things that were connected then, as far as is known now.</param>
    /// <param name="Connects">Sessions that began in the interval.</param>
    /// <param name="Disconnects">Sessions that ended in it.</param>
    public sealed record Point(DateTimeOffset From, long Connected, long Connects, long Disconnects);

    /// <param name="from">The first moment of the range; 24 hours before to if it is omitted.</param>
    /// <param name="to">The first moment after the range; the present if it is omitted.</param>
    /// <param name="interval">Such as 5m, 1h or 1d; what gives at most 288 intervals if it is omitted.</param>
    /// <param name="format">json (the default) or csv.</param>
    public static async Task<Results<Ok<Response>, CsvTable<Point>, ProblemHttpResult>> Handle(
        string? from, string? to, string? interval, string? format, HttpContext context, Caller caller,
        FleetHistory history, TimeProvider clock)
    {
        TimeSpan? length = null;
        if (!TimeRange.TryParse(from, to, clock.GetUtcNow(), out var range, out var wrong)
            || !IntervalLength.TryParse(interval, range = range.InMinutes(), MaximumPoints, out length, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (Listing<Point>.Error(context.Request, null, format) is { } error) return error;
        caller.Require(Caller.AnyResource);

        var each = length ?? TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(range.Length.TotalMinutes / UsualPoints)));
        if (await history.SeriesAsync(caller.Account, range.From, range.Until, each, context.RequestAborted)
            is not { } intervals)
            return ThingProblems.IndexingOff();
        var points = intervals
            .Select(point => new Point(point.From, point.Connected, point.Connects, point.Disconnects)).ToList();
        return Csv.IsWanted(context.Request, format) is true
            ? new CsvTable<Point>(points.ToAsyncEnumerable())
            : TypedResults.Ok(new Response(range.From, range.Until, each.TotalSeconds, points));
    }
}
