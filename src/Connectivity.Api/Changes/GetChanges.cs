using System.ComponentModel;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Projections.Changes;
using Microsoft.AspNetCore.Mvc;

namespace Connectivity.Api.Changes;

/// <summary>
/// <c>GET /v1/changes</c>: every stored event of the account in recorded order, at least once and without a gap, from
/// any cursor on. As a page of JSON, as NDJSON up to the present, or as a stream of server-sent events that goes on
/// live.
/// </summary>
public static class GetChanges
{
    public const string EventStream = "text/event-stream";
    public const string Ndjson = "application/x-ndjson";

    private const string Start = "start";
    private const string Now = "now";
    private const string LastEventId = "Last-Event-ID";
    private const int DefaultLimit = 100;
    private const int MaximumLimit = 1_000;

    private static readonly TimeSpan MaximumWait = TimeSpan.FromSeconds(30);

    /// <summary>A page of JSON.</summary>
    /// <param name="NextToken">The value of <c>after</c> for the next page; given also where there is none yet.</param>
    public sealed record Response(IReadOnlyList<EventItem> Events, string NextToken);

    /// <param name="after">start, now, or a cursor that an earlier answer gave; now if it is omitted.</param>
    /// <param name="thing">Only this thing; may be repeated.</param>
    /// <param name="prefix">Only things whose names begin with it.</param>
    /// <param name="kind">connected or disconnected.</param>
    /// <param name="reason">Only disconnects for this reason.</param>
    /// <param name="late">false leaves out events that did not change the record when they were recorded.</param>
    /// <param name="includeSocketInformation">
    /// Requests addresses; they are returned only if the indexing configuration opts in and policies allow it.
    /// </param>
    /// <param name="limit">Events on a page of JSON: 1 to 1000, 100 if not given.</param>
    /// <param name="wait">Seconds that a page of JSON waits for the first event: 0 to 30, 0 if not given.</param>
    public static async Task<IResult> Handle(
        string? after,
        string[]? thing,
        string? prefix,
        string? kind,
        string? reason,
        bool? late,
        bool? includeSocketInformation,
        int? limit,
        double? wait,
        [FromHeader(Name = LastEventId), Description("Wins over after: a browser that reconnects sends it.")]
        string? lastEventId,
        HttpContext context,
        Caller caller,
        ChangeFeed feed,
        StreamLimits streams,
        FeedTelemetry telemetry,
        AccessDirectory directory,
        TimeProvider clock,
        IHostApplicationLifetime lifetime)
    {
        var filter = new ChangeFilter(
            (thing ?? []).ToHashSet(), prefix, kind, reason, late is false, includeSocketInformation is true);
        if (filter.Validate() is { } error) return BadRequest(error);
        if (limit is < 1 or > MaximumLimit) return BadRequest($"limit must be 1 to {MaximumLimit}.");
        if (wait is not null && !(wait >= 0 && wait <= MaximumWait.TotalSeconds))
            return BadRequest($"wait must be 0 to {MaximumWait.TotalSeconds}.");
        var position = string.IsNullOrEmpty(lastEventId) ? after ?? Now : lastEventId;
        ChangeCursor given = default;
        if (position is not (Start or Now) && !ChangeCursor.TryParse(position, out given))
            return BadRequest($"after must be {Start}, {Now}, or a cursor that an earlier answer gave.");
        caller.RequireSomewhere();

        var cancelled = context.RequestAborted;
        ChangeCursor cursor;
        try
        {
            var known = position switch
            {
                Start => await feed.StartAsync(caller.Account, cancelled),
                Now => await feed.EndAsync(caller.Account, cancelled),
                _ => given,
            };
            if (known is null) return ThingProblems.IndexingOff();
            cursor = known.Value;
            if (position is not (Start or Now)) await feed.ValidateAsync(caller.Account, cursor, cancelled);
        }
        catch (FeedEndedException)
        {
            return Problems.Of(
                StatusCodes.Status410Gone,
                "This cursor has ended: indexing was turned off since, or the database was restored. "
                + $"Read the present state, and go on with after={Now}.");
        }

        var principal = (Principal)context.User;
        if (!streams.TryOpen(principal.AccountId, principal.Arn, out var stream))
            return Problems.Of(
                StatusCodes.Status429TooManyRequests, "As many change streams are open as may be.");
        // Whatever form the answer has: it ends with the request.
        context.Response.RegisterForDispose(stream);
        var consumer = new ChangeConsumer(context, caller, filter, directory, clock);
        return Form(context.Request) switch
        {
            EventStream => TypedResults.ServerSentEvents(
                new ChangeStream(feed, consumer, telemetry, clock, lifetime).RunAsync(caller.Account, cursor, cancelled)),
            Ndjson => new NdjsonChanges(feed.ReadAsync(caller.Account, cursor, cancelled), consumer, cursor),
            _ => await ChangesPage.ReadAsync(
                feed, consumer, caller.Account, cursor, limit ?? DefaultLimit,
                TimeSpan.FromSeconds(wait ?? 0), cancelled),
        };
    }

    private static IResult BadRequest(string detail) => Problems.Of(StatusCodes.Status400BadRequest, detail);

    /// <summary>The media type that the request prefers among those there are.</summary>
    private static string? Form(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(accepted => accepted.MediaType.Value?.ToLowerInvariant())
            .FirstOrDefault(type => type is EventStream or Ndjson or "application/json" or "*/*" or "application/*");
}
