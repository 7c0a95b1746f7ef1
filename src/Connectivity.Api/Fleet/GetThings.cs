using System.Globalization;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.Fleet;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary><c>GET /v1/things</c>: which things are in which state, since when and why.</summary>
public static class GetThings
{
    private const string Connected = "connected";
    private const string Disconnected = "disconnected";
    private const string Never = "never";

    /// <summary>Totals beyond it are not counted.</summary>
    private const int MaximumTotal = 10_000;

    /// <summary>Rows that are gone through for one page: those of things that the sender may not list are left out.</summary>
    private const int MaximumRows = 10_000;

    /// <param name="Total">
    /// Omitted unless the sender may list every thing that the search can find.
    /// </param>
    public sealed record Response(IReadOnlyList<Item> Things, Total? Total, string? NextToken);

    /// <param name="IsMore">Whether there are more than that.</param>
    public sealed record Total(long Number, bool IsMore);

    /// <param name="State">connected, disconnected or never (connected).</param>
    /// <param name="ChangedAt">When it connected or disconnected last, by the source's clock.</param>
    /// <param name="DisconnectReason">NONE while it is connected, UNKNOWN if it never connected.</param>
    public sealed record Item(string ThingName, string State, DateTimeOffset? ChangedAt, string DisconnectReason);

    /// <param name="search">The beginning of names, or with match=contains any part of them.</param>
    /// <param name="match">prefix (the default) or contains.</param>
    /// <param name="state">connected, disconnected or never.</param>
    /// <param name="reason">Only things that are disconnected for this reason.</param>
    /// <param name="changedFrom">Only things that connected or disconnected last at this time or later.</param>
    /// <param name="changedTo">Only things that connected or disconnected last before this time.</param>
    /// <param name="sort">name (the default), newest or oldest change first; things without a change are not in these.</param>
    /// <param name="limit">Things on a page: 1 to 1000, 100 if not given.</param>
    /// <param name="nextToken">From the previous page.</param>
    /// <param name="format">json (the default) or csv, which has all things and not one page.</param>
    public static async Task<Results<Ok<Response>, CsvTable<Item>, ProblemHttpResult>> Handle(
        string? search,
        string? match,
        string? state,
        string? reason,
        string? changedFrom,
        string? changedTo,
        string? sort,
        int? limit,
        string? nextToken,
        string? format,
        HttpContext context,
        Caller caller,
        ThingListing things,
        FleetPresent present)
    {
        if (Listing<Item>.Error(context.Request, limit, format) is { } error) return error;
        if (!TimeRange.TryParse("changedFrom", changedFrom, out var from, out var wrong)
            || !TimeRange.TryParse("changedTo", changedTo, out var until, out wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (Wrong(search, match, state, reason, sort) is { } detail)
            return Problems.Of(StatusCodes.Status400BadRequest, detail);
        caller.RequireSomewhere();

        if (await present.StatesAsync(caller.Account, context.RequestAborted) is not { } fleet)
            return ThingProblems.IndexingOff();
        var filter = new StateFilter(
            search, match == "contains", StatesOf(state, reason, fleet), state == Never, from, until);
        var order = sort switch
        {
            "newest" => ThingOrder.NewestChange,
            "oldest" => ThingOrder.OldestChange,
            _ => ThingOrder.Name,
        };
        var total = nextToken is null ? await TotalAsync() : null;
        return await new Listing<Item>(
                $"GetThings {caller.Account} {search} {match} {state} {reason} {from:O} {until:O} {order}", PageAsync)
            .AnswerAsync(context.Request, limit, nextToken, format, (items, next) => new Response(items, total, next));

        async Task<ListedPage<Item>> PageAsync(PageMark? mark, int count)
        {
            var (items, after) = (new List<Item>(), MarkOf(mark, order));
            for (var rows = 0; rows < MaximumRows;)
            {
                var page = await things.PageAsync(
                    caller.Account, filter, order, after, Listing<Item>.MaximumLimit, context.RequestAborted) ?? [];
                foreach (var thing in page)
                {
                    after = thing;
                    rows++;
                    if (!caller.May(caller.ThingArn(thing.Name))) continue;
                    items.Add(ItemOf(thing));
                    if (items.Count == count) return new ListedPage<Item>(items, Mark(thing, order));
                }

                if (page.Count < Listing<Item>.MaximumLimit) return new ListedPage<Item>(items, null);
            }

            return new ListedPage<Item>(items, Mark(after!, order));
        }

        async Task<Total?> TotalAsync()
        {
            var prefix = match == "contains" ? null : search;
            if (!caller.May(Caller.AnyResource) && (prefix is null || !caller.May(caller.ThingArn($"{prefix}*"))))
                return null;
            if (search is null && from is null && until is null) return new Total(Counted(fleet, filter), false);
            var number = await things.CountAsync(caller.Account, filter, MaximumTotal + 1, context.RequestAborted);
            return new Total(Math.Min(number, MaximumTotal), number > MaximumTotal);
        }
    }

    private static string? Wrong(string? search, string? match, string? state, string? reason, string? sort) =>
        search is not null && !ThingName.IsValid(search) ? "search must be a part of the name of a thing."
        : match is not (null or "prefix" or "contains") ? "match must be prefix or contains."
        : state is not (null or Connected or Disconnected or Never) ? $"state must be {Connected}, {Disconnected} or {Never}."
        : reason is not null && !DisconnectReason.IsValid(reason) ? "reason must be a reason in upper case."
        : reason is not null && state is Connected or Never ? $"reason is only of things that are {Disconnected}."
        : sort is not (null or "name" or "newest" or "oldest") ? "sort must be name, newest or oldest."
        : null;

    private static IReadOnlyList<string>? StatesOf(string? state, string? reason, FleetStates fleet) => state switch
    {
        _ when reason is not null => [reason],
        Connected => [ThingState.Connected],
        Disconnected => [.. fleet.States.Keys.Where(key => key != ThingState.Connected)],
        _ => null,
    };

    private static long Counted(FleetStates fleet, StateFilter filter) =>
        filter.Never ? fleet.Things - fleet.States.Values.Sum()
        : filter.States is { } states ? states.Sum(state => fleet.States.GetValueOrDefault(state))
        : fleet.Things;

    private static Item ItemOf(ListedThing thing) => new(
        thing.Name,
        thing.State switch
        {
            null => Never,
            ThingState.Connected => Connected,
            _ => Disconnected,
        },
        thing.ChangedAt,
        thing.State ?? DisconnectReason.Unknown);

    private static PageMark Mark(ListedThing thing, ThingOrder order) => order == ThingOrder.Name
        ? new PageMark(0, thing.Name)
        : PageMark.Of(thing.ChangedAt!.Value, thing.ThingId);

    private static ListedThing? MarkOf(PageMark? mark, ThingOrder order) =>
        mark is not { } given ? null
        : order == ThingOrder.Name ? new ListedThing("", given.Text, null, null)
        : Guid.TryParse(given.Text, CultureInfo.InvariantCulture, out _) && given.Time is { } time
            ? new ListedThing(given.Text, "", null, time)
            : null;
}
