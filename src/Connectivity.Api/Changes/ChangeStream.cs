using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;

namespace Connectivity.Api.Changes;

/// <summary>
/// Changes as server-sent events, which go on live. Between them a <c>mark</c>, with a cursor further on, at the start
/// and each 15 s; at the end <c>lagging</c>, <c>revoked</c> or <c>reset</c>. Source: WHATWG HTML, "Server-sent events".
/// </summary>
internal sealed class ChangeStream(
    ChangeFeed feed, ChangeConsumer consumer, FeedTelemetry telemetry, TimeProvider clock,
    IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan MarkInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>How long a client waits before it connects again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<SseItem<string>> RunAsync(
        Account account, ChangeCursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, lifetime.ApplicationStopping);
        var pages = feed.FollowAsync(account, after, ended.Token).GetAsyncEnumerator(ended.Token);
        var next = NextAsync(pages);
        try
        {
            yield return Mark(after, Retry);
            var markedAt = clock.GetUtcNow();
            while (!ended.IsCancellationRequested)
            {
                await Task.WhenAny(next, Task.Delay(Second, clock, ended.Token));
                if (!consumer.IsAllowed())
                {
                    yield return End("revoked", after);
                    yield break;
                }

                if (next.IsCompleted)
                {
                    var (page, end) = await next;
                    if (end is not null) yield return End(end == FeedEnd.Lagging ? "lagging" : "reset", after, end);
                    if (page is null) yield break;
                    foreach (var (cursor, item) in consumer.Of(page))
                        yield return new SseItem<string>(
                            JsonSerializer.Serialize(item, AnswerJson.Options), item.EventType)
                        {
                            EventId = cursor.ToString(),
                        };
                    after = page.End;
                    next = NextAsync(pages);
                }

                if (clock.GetUtcNow() - markedAt < MarkInterval) continue;
                markedAt = clock.GetUtcNow();
                yield return Mark(after);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await next;
            await pages.DisposeAsync();
        }
    }

    /// <summary>
    /// The next page, or why there is none; neither where the request or the host ends, or the database is away.
    /// </summary>
    private static async Task<(ChangePage? Page, FeedEnd? End)> NextAsync(IAsyncEnumerator<ChangePage> pages)
    {
        try
        {
            return await pages.MoveNextAsync() ? (pages.Current, null) : (null, null);
        }
        catch (FeedEndedException ended)
        {
            return (null, ended.End);
        }
        catch (Exception error) when (error is OperationCanceledException || DatabaseErrors.IsUnavailable(error))
        {
            // The client comes back by its cursor.
            return (null, null);
        }
    }

    private static SseItem<string> Mark(ChangeCursor cursor, TimeSpan? retry = null) =>
        new("{}", "mark") { EventId = cursor.ToString(), ReconnectionInterval = retry };

    private SseItem<string> End(string type, ChangeCursor cursor, FeedEnd? reason = null)
    {
        telemetry.Dropped(type);
        return new SseItem<string>(
            JsonSerializer.Serialize(new EndData(reason?.ToString()), AnswerJson.Options), type)
        {
            EventId = cursor.ToString(),
        };
    }

    private sealed record EndData(string? Reason);
}
