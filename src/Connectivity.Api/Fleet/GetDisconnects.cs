using System.Globalization;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.Fleet;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary><c>GET /v1/disconnects</c>: who disconnected, when, why, and how long the session had lasted.</summary>
public static class GetDisconnects
{
    private const char Separator = '|';

    public sealed record Response(
        DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Item> Disconnects, string? NextToken);

    /// <param name="OccurredAt">By the source's clock.</param>
    /// <param name="RecordedAt">By the database's clock.</param>
    /// <param name="Session">The session that ended.</param>
    public sealed record Item(
        string ThingName, DateTimeOffset OccurredAt, DateTimeOffset? RecordedAt, SessionItem Session);

    /// <param name="from">The first moment of the range; 24 hours before to if it is omitted.</param>
    /// <param name="to">The first moment after the range; the present if it is omitted.</param>
    /// <param name="reason">Only disconnects for this reason.</param>
    /// <param name="prefix">Only disconnects of things whose names begin with it.</param>
    /// <param name="limit">Disconnects on a page: 1 to 1000, 100 if not given.</param>
    /// <param name="nextToken">From the previous page, with the same from and to.</param>
    /// <param name="format">json (the default) or csv, which has all disconnects and not one page.</param>
    public static async Task<Results<Ok<Response>, CsvTable<Item>, ProblemHttpResult>> Handle(
        string? from, string? to, string? reason, string? prefix, int? limit, string? nextToken, string? format,
        HttpContext context, Caller caller, DisconnectHistory history, TimeProvider clock)
    {
        if (Listing<Item>.Error(context.Request, limit, format) is { } error) return error;
        if (!TimeRange.TryParse(from, to, clock.GetUtcNow(), out var range, out var wrong))
            return Problems.Of(StatusCodes.Status400BadRequest, wrong);
        if (WrongFilter(reason, prefix) is { } detail)
            return Problems.Of(StatusCodes.Status400BadRequest, detail);
        caller.Require(Caller.AnyResource);

        var filter = new DisconnectFilter(range.From, range.Until, reason, prefix);
        if (await history.PageAsync(caller.Account, filter, null, 1, context.RequestAborted) is null)
            return ThingProblems.IndexingOff();
        return await new Listing<Item>($"GetDisconnects {caller.Account} {from} {reason} {prefix}", PageAsync)
            .AnswerAsync(
                context.Request, limit, nextToken, format,
                (items, next) => new Response(range.From, range.Until, items, next));

        async Task<ListedPage<Item>> PageAsync(PageMark? after, int count)
        {
            var page = await history.PageAsync(
                caller.Account, filter, MarkOf(after), count + 1, context.RequestAborted) ?? [];
            return new ListedPage<Item>(
                [
                    .. page.Take(count).Select(disconnect => new Item(
                        disconnect.ThingName, disconnect.Session.Session.End!.Value.At, disconnect.Session.EndRecordedAt,
                        SessionItem.Of(disconnect.Session, isNewest: false, releaseSocket: false))),
                ],
                page.Count > count ? Mark(page[count - 1]) : null);
        }
    }

    /// <summary>What is wrong with the filter of disconnects; null if nothing is.</summary>
    internal static string? WrongFilter(string? reason, string? prefix) =>
        reason is not null && !DisconnectReason.IsValid(reason) ? "reason must be a reason in upper case."
        : prefix is not null && !ThingName.IsValid(prefix) ? "prefix must be the beginning of the name of a thing."
        : null;

    private static PageMark Mark(FleetDisconnect disconnect)
    {
        var session = disconnect.Session.Session;
        return PageMark.Of(session.End!.Value.At, string.Join(
            Separator, disconnect.ThingId, session.Start.UtcTicks.ToString(CultureInfo.InvariantCulture),
            session.Connection.VersionNumber.ToString(CultureInfo.InvariantCulture),
            session.Connection.SessionIdentifier));
    }

    private static DisconnectMark? MarkOf(PageMark? mark)
    {
        if (mark is not { Time: { } time } given || given.Text.Split(Separator, 4) is not { Length: 4 } parts) return null;
        return Guid.TryParse(parts[0], CultureInfo.InvariantCulture, out var thingId)
            && PageMark.TryParse($"{parts[1]}:", CultureInfo.InvariantCulture, out var start) && start.Time is { } at
            && long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version)
                ? new DisconnectMark(time, thingId, at, version, parts[3])
                : null;
    }
}
