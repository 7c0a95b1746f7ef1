using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>
/// <c>GET /v1/things/{thingName}/sessions</c>: the connections of a thing, each with its connect and its end as far as
/// they were reported.
/// </summary>
public static class GetSessions
{
    public sealed record Response(IReadOnlyList<SessionItem> Sessions, string? NextToken);

    /// <param name="order">newest (the default) or oldest first, by their starts.</param>
    /// <param name="from">Only sessions that lasted into the range that begins then; all if it is omitted.</param>
    /// <param name="to">Only sessions that began earlier; all if it is omitted.</param>
    /// <param name="limit">Sessions on a page: 1 to 1000, 100 if not given.</param>
    /// <param name="nextToken">From the previous page.</param>
    /// <param name="format">json (the default) or csv, which has all sessions and not one page.</param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in.
    /// </param>
    public static async Task<Results<Ok<Response>, CsvTable<SessionItem>, ProblemHttpResult>> Handle(
        string thingName,
        string? order,
        string? from,
        string? to,
        int? limit,
        string? nextToken,
        string? format,
        bool? includeSocketInformation,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        SessionHistory history)
    {
        if (Listing<SessionItem>.Error(context.Request, limit, format) is { } error) return error;
        if (!ListingOrder.TryParse(order, out var wrong)
            || !TimeRange.TryParse("from", from, out var begin, out wrong)
            || !TimeRange.TryParse("to", to, out var end, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        var (thing, problem) = await AskedThing.FindAsync(
            thingName, includeSocketInformation, caller, connectivity, context.RequestAborted);
        if (thing is null) return problem!;

        var newestFirst = order is null || ListingOrder.IsNewestFirst(order);
        return await new Listing<SessionItem>(
                $"GetSessions {caller.Account} {thing.ThingId} {newestFirst} {begin:O} {end:O}", PageAsync)
            .AnswerAsync(context.Request, limit, nextToken, format, (items, next) => new Response(items, next));

        async Task<ListedPage<SessionItem>> PageAsync(PageMark? after, int count)
        {
            var page = await history.PageAsync(
                caller.Account, thing.Record, begin ?? DateTimeOffset.MinValue, end ?? DateTimeOffset.MaxValue,
                newestFirst, MarkOf(after), count + 1, context.RequestAborted);
            return new ListedPage<SessionItem>(
                [
                    .. page.Take(count).Select(session => SessionItem.Of(
                        session, session.Session == Domain.History.Session.Of(thing.Record),
                        thing.ReleasesSocketInformation)),
                ],
                page.Count > count ? Mark(page.Take(count).ToList(), MarkOf(after)) : null);
        }
    }

    private static PageMark Mark(List<SessionWithEvents> page, SessionMark? former)
    {
        var last = page[^1].Session.Start;
        var count = page.Count(session => session.Session.Start == last);
        if (former?.Start == last) count += former.Value.Count;
        return PageMark.Of(last, $"{count}");
    }

    private static SessionMark? MarkOf(PageMark? mark) =>
        mark is { Time: { } time } && int.TryParse(mark.Value.Text, out var count) && count is > 0 and <= 1_000_000
            ? new SessionMark(time, count)
            : null;
}
