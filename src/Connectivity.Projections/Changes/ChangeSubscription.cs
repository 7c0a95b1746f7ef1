using System.Threading.Channels;

namespace Connectivity.Projections.Changes;

/// <summary>
/// What a consumer that has caught up waits on. Bounded: a consumer that takes too few is ended, and holds no other up.
/// </summary>
internal sealed class ChangeSubscription(LogPosition log, ChangeCursor start, Action<ChangeSubscription> onDispose)
    : IDisposable
{
    /// <summary>Changes that wait for the consumer.</summary>
    public const int Capacity = 1_000;

    private readonly Channel<ChangePage> _pages =
        Channel.CreateUnbounded<ChangePage>(new UnboundedChannelOptions { SingleReader = true });

    private int _waiting;

    public LogPosition Log => log;

    /// <summary>The subscription has what is behind it.</summary>
    public ChangeCursor Start => start;

    public void Publish(ChangePage page)
    {
        // A consumer that waits gets a page of any size.
        if (Volatile.Read(ref _waiting) is var waiting && waiting > 0 && waiting + page.Changes.Count > Capacity)
        {
            End(FeedEnd.Lagging);
            return;
        }

        Interlocked.Add(ref _waiting, page.Changes.Count);
        _pages.Writer.TryWrite(page);
    }

    public void End(FeedEnd end) => _pages.Writer.TryComplete(new FeedEndedException(end));

    /// <exception cref="FeedEndedException">The consumer was too slow, or the log has ended.</exception>
    public async ValueTask<ChangePage> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            var page = await _pages.Reader.ReadAsync(cancellationToken);
            Interlocked.Add(ref _waiting, -page.Changes.Count);
            return page;
        }
        catch (ChannelClosedException closed) when (closed.InnerException is FeedEndedException ended)
        {
            throw new FeedEndedException(ended.End);
        }
    }

    public void Dispose() => onDispose(this);
}
