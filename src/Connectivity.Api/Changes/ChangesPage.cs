using Connectivity.Api.History;
using Connectivity.Domain;
using Connectivity.Projections.Changes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Changes;

/// <summary>A page of changes as JSON, for those who cannot follow a stream.</summary>
internal static class ChangesPage
{
    /// <summary>
    /// Pages of the log that are looked through for one answer: a filter that takes little gets a later cursor and not a
    /// late answer.
    /// </summary>
    private const int MaximumLogPages = 20;

    /// <param name="wait">How long to wait for the first event where there is none.</param>
    public static async Task<IResult> ReadAsync(
        ChangeFeed feed, ChangeConsumer consumer, Account account, ChangeCursor after, int limit, TimeSpan wait,
        CancellationToken cancellationToken)
    {
        var found = await TakeAsync(feed.ReadAsync(account, after, cancellationToken), consumer, after, limit);
        if (found.Events.Count > 0 || wait == TimeSpan.Zero) return Ok(found);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(wait);
        try
        {
            await foreach (var page in feed.FollowAsync(account, found.Next, waiting.Token))
            {
                // The next request gets the error.
                if (!consumer.IsAllowed()) break;
                found = Take(page, consumer, limit);
                if (found.Events.Count > 0) break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing happened in the time; the cursor is where the waiting ended.
        }
        catch (FeedEndedException)
        {
            // The next request gets the error.
        }

        return Ok(found);
    }

    private static Ok<GetChanges.Response> Ok(Found found) =>
        TypedResults.Ok(new GetChanges.Response(found.Events, found.Next.ToString()));

    private static async Task<Found> TakeAsync(
        IAsyncEnumerable<ChangePage> pages, ChangeConsumer consumer, ChangeCursor after, int limit)
    {
        var (events, next, read) = (new List<EventItem>(), after, 0);
        await foreach (var page in pages)
        {
            (var taken, next) = Take(page, consumer, limit - events.Count);
            events.AddRange(taken);
            if (events.Count == limit || ++read == MaximumLogPages) break;
        }

        return new Found(events, next);
    }

    private static Found Take(ChangePage page, ChangeConsumer consumer, int limit)
    {
        var events = new List<EventItem>();
        foreach (var (cursor, item) in consumer.Of(page))
        {
            events.Add(item);
            if (events.Count == limit) return new Found(events, cursor);
        }

        return new Found(events, page.End);
    }

    /// <param name="Next">Where the next page begins.</param>
    private readonly record struct Found(IReadOnlyList<EventItem> Events, ChangeCursor Next);
}
