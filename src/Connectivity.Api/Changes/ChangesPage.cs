using Connectivity.Api.History;
using Connectivity.Domain;
using Connectivity.Projections.Changes;

namespace Connectivity.Api.Changes;

/// <summary>A page of changes as JSON, for those who cannot follow a stream.</summary>
internal static class ChangesPage
{
    /// <summary>
    /// Pages of the log that are looked through for one answer: a filter that takes little gets a later place and not a
    /// late answer.
    /// </summary>
    private const int MaximumLogPages = 20;

    /// <param name="wait">How long to wait for the first event where there is none.</param>
    public static async Task<IResult> ReadAsync(
        ChangeFeed feed, ChangeConsumer consumer, Account account, ChangeCursor after, int limit, TimeSpan wait,
        CancellationToken cancellationToken)
    {
        var page = await TakeAsync(feed.ReadAsync(account, after, cancellationToken), consumer, after, limit);
        if (page.Events.Count > 0 || wait == TimeSpan.Zero) return TypedResults.Ok(page);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(wait);
        _ = ChangeCursor.TryParse(page.NextToken, out after);
        try
        {
            await foreach (var changes in feed.FollowAsync(account, after, waiting.Token))
            {
                page = Take(changes, consumer, limit);
                if (page.Events.Count > 0) break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing happened in the time; the place is where the waiting ended.
        }
        catch (FeedEndedException)
        {
            // The next request learns it.
        }

        return TypedResults.Ok(page);
    }

    private static async Task<GetChanges.Response> TakeAsync(
        IAsyncEnumerable<ChangePage> pages, ChangeConsumer consumer, ChangeCursor after, int limit)
    {
        var (events, next, read) = (new List<EventItem>(), after, 0);
        await foreach (var page in pages)
        {
            var taken = Take(page, consumer, limit - events.Count);
            events.AddRange(taken.Events);
            _ = ChangeCursor.TryParse(taken.NextToken, out next);
            if (events.Count == limit || ++read == MaximumLogPages) break;
        }

        return new GetChanges.Response(events, next.ToString());
    }

    private static GetChanges.Response Take(ChangePage page, ChangeConsumer consumer, int limit)
    {
        var events = new List<EventItem>();
        foreach (var (cursor, item) in consumer.Of(page))
        {
            events.Add(item);
            if (events.Count == limit) return new GetChanges.Response(events, cursor.ToString());
        }

        return new GetChanges.Response(events, page.End.ToString());
    }
}
