using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Things;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>
/// <c>GET /v1/things/{thingName}/events</c>: the events of a thing in the order they were recorded, oldest first.
/// </summary>
public static class GetEvents
{
    public sealed record Response(IReadOnlyList<EventItem> Events, string? NextToken);

    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;

    /// <param name="limit">Events on a page: 1 to 1000, 100 if not given.</param>
    /// <param name="nextToken">From the previous page.</param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in.
    /// </param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        string thingName,
        int? limit,
        string? nextToken,
        bool? includeSocketInformation,
        HttpContext context,
        Caller caller,
        ConnectivityQuery connectivity,
        EventHistory history)
    {
        if (!ThingName.IsValid(thingName)) return ThingProblems.InvalidName();
        if (limit is < 1 or > MaximumPage)
            return Problems.Of(StatusCodes.Status400BadRequest, $"limit must be 1 to {MaximumPage}.");
        caller.Require(caller.ThingArn(thingName), includeSocketInformation is true);
        var known = await connectivity.GetAsync(caller.Account, thingName, context.RequestAborted);
        if (!known.IsIndexed) return ThingProblems.IndexingOff();
        if (known.ThingId is not { } thingId) return ThingProblems.NotFound();

        // Bound to the incarnation of the thing: a token is not valid for a thing created again under the same name.
        var listing = $"GetEvents {caller.Account} {thingId}";
        var after = 0L;
        if (nextToken is not null && !PageToken.TryRead(nextToken, listing, out after))
            return Problems.Of(StatusCodes.Status400BadRequest, "nextToken was not issued for this listing.");

        var count = limit ?? DefaultPage;
        var events = await history.PageAsync(caller.Account, thingId, after, count + 1, context.RequestAborted);
        var releaseSocket = includeSocketInformation is true && known.ReleasesSocketInformation;
        return TypedResults.Ok(new Response(
            [.. events.Take(count).Select(recorded => EventItem.Of(recorded, releaseSocket))],
            events.Count > count
                ? PageToken.Write(events[count - 1].Position, listing)
                : null));
    }
}
