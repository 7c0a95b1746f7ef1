using Connectivity.Domain;

namespace Connectivity.Projections.Changes;

/// <summary>
/// The one reader of an account's log on a host. It runs while a caller asks for the safe end of the log or follows it:
/// each round reads the greatest number, waits until nothing below it can be committed, and publishes what is new.
/// </summary>
internal sealed class AccountFeed(Account account, ChangeLog changes, ChangeFence fence, IFeedObserver observer)
{
    /// <summary>
    /// Where no notification arrives, such as after a host died between a commit and its notification.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<ChangeSubscription> _subscriptions = [];
    private readonly SemaphoreSlim _wake = new(0);
    private TaskCompletionSource<SafeEnd?> _next = NewCompletion();
    private SafeEnd? _published;
    private int _asked;
    private bool _runs;

    /// <summary>
    /// The end of what is safe to read, from a round that begins now; null while connectivity indexing is off.
    /// </summary>
    public Task<SafeEnd?> EndAsync(CancellationToken cancellationToken)
    {
        Task<SafeEnd?> answer;
        lock (_lock)
        {
            _asked++;
            answer = _next.Task;
            Start();
        }

        Wake();
        return answer.WaitAsync(cancellationToken);
    }

    /// <summary>Follows the log from where the reader is; null while that is not known.</summary>
    public ChangeSubscription? Subscribe()
    {
        lock (_lock)
        {
            if (_published is not { } published || !_runs) return null;
            var subscription = new ChangeSubscription(published.Log, published.Cursor, Remove);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Something may be new.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    private void Remove(ChangeSubscription subscription)
    {
        lock (_lock) _subscriptions.Remove(subscription);
    }

    private void Start()
    {
        if (_runs) return;
        (_runs, _published) = (true, null);
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            if (Take() is { } round) await AnswerAsync(round);
            // A consumer that asked for the end is about to subscribe: the reader stops only after a while without any.
            if (await _wake.WaitAsync(Interval)) continue;
            lock (_lock)
            {
                if (_asked > 0 || _subscriptions.Count > 0) continue;
                _runs = false;
                return;
            }
        }
    }

    /// <summary>What the next round answers; null while no caller asks or follows.</summary>
    private TaskCompletionSource<SafeEnd?>? Take()
    {
        lock (_lock)
        {
            if (_asked == 0 && _subscriptions.Count == 0) return null;
            var round = _next;
            (_next, _asked) = (NewCompletion(), 0);
            return round;
        }
    }

    private async Task AnswerAsync(TaskCompletionSource<SafeEnd?> round)
    {
        try
        {
            round.SetResult(await RunRoundAsync());
        }
        catch (Exception error)
        {
            round.SetException(error);
            // Those that asked observe it; perhaps there were none.
            _ = round.Task.Exception;
            observer.RoundFailed(account, error);
            await Task.Delay(RetryDelay);
        }
    }

    private async Task<SafeEnd?> RunRoundAsync()
    {
        try
        {
            if (await changes.FindAsync(account, CancellationToken.None) is not { } log)
            {
                Restart(null);
                return null;
            }

            var end = new SafeEnd(log, await changes.EndAsync(log, CancellationToken.None));
            observer.FenceWaited(await fence.WaitAsync(
                account, process => observer.FenceWaitsLong(account, process), CancellationToken.None));
            if (_published is { } published && published.Log.Has(end.Cursor)
                && published.Cursor.Sequence <= end.Cursor.Sequence)
                await PublishAsync(published, end);
            else
                Restart(end);
            return end;
        }
        catch (FeedEndedException)
        {
            Restart(null);
            return null;
        }
    }

    private async Task PublishAsync(SafeEnd published, SafeEnd end)
    {
        while (published.Cursor.Sequence < end.Cursor.Sequence && HasSubscriptions)
        {
            var page = await changes.PageAsync(end.Log, published.Cursor, end.Cursor, CancellationToken.None);
            published = new SafeEnd(end.Log, page.End);
            lock (_lock)
            {
                _published = published;
                foreach (var subscription in _subscriptions) subscription.Publish(page);
            }

            if (page.Changes.Count > 0) observer.Published(page.Changes[^1].Recorded.RecordedAt);
        }

        lock (_lock)
        {
            // Without a follower: what was not read is not published to those who subscribe now.
            if (_subscriptions.Count == 0) published = end;
            _published = published with { Log = end.Log };
        }
    }

    private bool HasSubscriptions
    {
        get
        {
            lock (_lock) return _subscriptions.Count > 0;
        }
    }

    /// <summary>The log is another one: its followers begin again.</summary>
    private void Restart(SafeEnd? end)
    {
        lock (_lock)
        {
            _published = end;
            foreach (var subscription in _subscriptions) subscription.End(FeedEnd.GenerationEnded);
            _subscriptions.Clear();
        }
    }

    private static TaskCompletionSource<SafeEnd?> NewCompletion() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What is safe to read of a log: no event up to the cursor can still appear.</summary>
internal sealed record SafeEnd(LogPosition Log, ChangeCursor Cursor);
