using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary><c>GET /v1/things/{thingName}/events</c>: the events of a thing, page by page.</summary>
public static class GetEvents
{
    public sealed record Response(IReadOnlyList<EventItem> Events, string? NextToken);

    /// <param name="order">oldest (the default) or newest first.</param>
    /// <param name="by">recordedAt (the default) or occurredAt: the time of the order and of the range.</param>
    /// <param name="kind">connected or disconnected.</param>
    /// <param name="reason">Only disconnects for this reason.</param>
    /// <param name="session">Only events of this session identifier.</param>
    /// <param name="from">The first moment of the range; none if it is omitted.</param>
    /// <param name="to">The first moment after the range; none if it is omitted.</param>
    /// <param name="limit">Events on a page: 1 to 1000, 100 if not given.</param>
    /// <param name="nextToken">From the previous page.</param>
    /// <param name="format">json (the default) or csv, which has all events and not one page.</param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in.
    /// </param>
    public static async Task<Results<Ok<Response>, CsvTable<EventItem>, ProblemHttpResult>> Handle(
        string thingName,
        string? order,
        string? by,
        string? kind,
        string? reason,
        string? session,
        string? from,
        string? to,
        int? limit,
        string? nextToken,
        string? format,
        bool? includeSocketInformation,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        EventHistory history)
    {
        if (Listing<EventItem>.Error(context.Request, limit, format) is { } error) return error;
        if (!ListingOrder.TryParse(order, by, out var newestFirst, out var byOccurredAt, out var wrong)
            || !TimeRange.TryParse("from", from, out var begin, out wrong)
            || !TimeRange.TryParse("to", to, out var end, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (kind is not (null or EventKind.Connected or EventKind.Disconnected))
            return Problems.Of(
                StatusCodes.Status400BadRequest, $"kind must be {EventKind.Connected} or {EventKind.Disconnected}.");
        var (thing, problem) = await AskedThing.FindAsync(
            thingName, includeSocketInformation, caller, connectivity, context.RequestAborted);
        if (thing is null) return problem!;

        var events = new EventListing(
            byOccurredAt, newestFirst, kind is null ? null : kind == EventKind.Connected, reason, session, begin, end);
        // Bound to the incarnation of the thing: a token is not valid for a thing created again under the same name.
        return await new Listing<EventItem>($"GetEvents {caller.Account} {thing.ThingId} {events}", PageAsync)
            .AnswerAsync(context.Request, limit, nextToken, format, (items, next) => new Response(items, next));

        async Task<ListedPage<EventItem>> PageAsync(PageMark? after, int count)
        {
            var page = await history.PageAsync(
                caller.Account, thing.ThingId, events, MarkOf(after), count + 1, context.RequestAborted);
            return new ListedPage<EventItem>(
                [.. page.Take(count).Select(recorded => EventItem.Of(recorded, thing.ReleasesSocketInformation))],
                page.Count > count
                    ? PageMark.Of(page[count - 1].Event.OccurredAt, $"{page[count - 1].Position}")
                    : null);
        }
    }

    private static EventMark? MarkOf(PageMark? mark) =>
        mark is { Time: { } time } && long.TryParse(mark.Value.Text, out var position)
            ? new EventMark(time, position)
            : null;
}
