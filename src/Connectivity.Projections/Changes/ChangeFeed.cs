using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Connectivity.Domain;
using Npgsql;

namespace Connectivity.Projections.Changes;

/// <summary>
/// Every stored event of an account in recorded order, once it is safe to say that none before it can still appear: at
/// least once, without a gap, and resumable. One reader for each account of a host serves all its consumers, and a slow
/// consumer holds no other up.
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource dataSource, IFeedObserver observer)
{
    private readonly ChangeLog _changes = new(dataSource);
    private readonly ChangeFence _fence = new(dataSource);
    private readonly ConcurrentDictionary<Account, AccountFeed> _accounts = new();

    /// <summary>Events of the account may be new: its followers get them now and not within a second.</summary>
    public void Wake(Account account)
    {
        if (_accounts.TryGetValue(account, out var feed)) feed.Wake();
    }

    /// <summary>The cursor before the first event; null while connectivity indexing is off.</summary>
    public async Task<ChangeCursor?> StartAsync(Account account, CancellationToken cancellationToken) =>
        (await _changes.FindAsync(account, cancellationToken))?.Start;

    /// <summary>
    /// The cursor behind every event that was committed when it was called; null while connectivity indexing is off.
    /// </summary>
    public async Task<ChangeCursor?> EndAsync(Account account, CancellationToken cancellationToken) =>
        (await Of(account).EndAsync(cancellationToken))?.Cursor;

    /// <summary>
    /// Throws unless a cursor of a client is a position in the account's log: it is of this log, not ahead of it, and its
    /// number has no other event.
    /// </summary>
    /// <exception cref="FeedEndedException">It is not: the client reads the state again.</exception>
    public async Task ValidateAsync(Account account, ChangeCursor cursor, CancellationToken cancellationToken)
    {
        if (await Of(account).EndAsync(cancellationToken) is not { } end)
            throw new FeedEndedException(FeedEnd.GenerationEnded);
        if (end.Log.Generation.Number != cursor.Generation) throw new FeedEndedException(FeedEnd.GenerationEnded);
        if (cursor.Sequence > end.Cursor.Sequence || !await _changes.HasAsync(end.Log, cursor, cancellationToken))
            throw new FeedEndedException(FeedEnd.UnknownCursor);
    }

    /// <summary>
    /// Ends all cursors of the account: after a restore, a number that is a gap in the restored log can't be told from
    /// one of a deleted event.
    /// </summary>
    public Task EndCursorsAsync(Account account, CancellationToken cancellationToken) =>
        _changes.EndCursorsAsync(account, cancellationToken);

    /// <summary>The changes behind a cursor, up to the safe end of the log at the time of the call.</summary>
    /// <exception cref="FeedEndedException">The generation has ended.</exception>
    public async IAsyncEnumerable<ChangePage> ReadAsync(
        Account account, ChangeCursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await SafeEndAsync(account, after, cancellationToken);
        await foreach (var page in PagesAsync(account, after, end.Cursor, cancellationToken)) yield return page;
    }

    /// <summary>The changes behind a cursor, and then those to come.</summary>
    /// <exception cref="FeedEndedException">The consumer was too slow, or the generation has ended.</exception>
    public async IAsyncEnumerable<ChangePage> FollowAsync(
        Account account, ChangeCursor after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var feed = Of(account);
        // A consumer that is far behind reads from the database: what would wait for it in the meantime is too much.
        for (var end = await SafeEndAsync(account, after, cancellationToken);
            end.Cursor.Sequence - after.Sequence > ChangeSubscription.Capacity;
            end = await SafeEndAsync(account, after, cancellationToken))
            await foreach (var page in PagesAsync(account, after, end.Cursor, cancellationToken))
            {
                after = page.End;
                yield return page;
            }

        using var subscription = await SubscribeAsync();
        // From where it was read to where it follows.
        await foreach (var page in PagesAsync(account, after, subscription.Start, cancellationToken))
        {
            after = page.End;
            yield return page;
        }

        while (true)
        {
            var page = await subscription.NextAsync(cancellationToken);
            if (page.End.Sequence <= after.Sequence) continue;
            yield return page;
        }

        async Task<ChangeSubscription> SubscribeAsync()
        {
            ChangeSubscription? subscribed;
            while ((subscribed = feed.Subscribe()) is null) await SafeEndAsync(account, after, cancellationToken);
            if (subscribed.Log.Has(after)) return subscribed;
            subscribed.Dispose();
            throw new FeedEndedException(FeedEnd.GenerationEnded);
        }
    }

    private AccountFeed Of(Account account) =>
        _accounts.GetOrAdd(account, key => new AccountFeed(key, _changes, _fence, observer));

    private async Task<SafeEnd> SafeEndAsync(
        Account account, ChangeCursor after, CancellationToken cancellationToken) =>
        await Of(account).EndAsync(cancellationToken) is { } end && end.Log.Has(after)
            ? end
            : throw new FeedEndedException(FeedEnd.GenerationEnded);

    /// <summary>
    /// Reads the next page while the consumer handles the last one. What the account allows is asked again for each
    /// page: a catch-up of hours ends with its cursors, and obeys an opt-in that is withdrawn.
    /// </summary>
    private async IAsyncEnumerable<ChangePage> PagesAsync(
        Account account, ChangeCursor after, ChangeCursor end,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<ChangePage>? next = after.Sequence < end.Sequence ? NextAsync(after) : null;
        while (next is not null)
        {
            var page = await next;
            next = page.End.Sequence < end.Sequence ? NextAsync(page.End) : null;
            yield return page;
        }

        async Task<ChangePage> NextAsync(ChangeCursor from) =>
            await _changes.FindAsync(account, cancellationToken) is { } log && log.Has(from)
                ? await _changes.PageAsync(log, from, end, cancellationToken)
                : throw new FeedEndedException(FeedEnd.GenerationEnded);
    }
}
