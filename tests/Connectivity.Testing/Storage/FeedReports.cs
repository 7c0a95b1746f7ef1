using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Projections.Changes;

namespace Connectivity.Testing.Storage;

/// <summary>Collects what a change feed reports of itself.</summary>
public sealed class FeedReports : IFeedObserver
{
    /// <summary>The database's processes for which a fence waited long.</summary>
    public ConcurrentQueue<int> LongWaits { get; } = [];

    public ConcurrentQueue<Exception> Failures { get; } = [];

    public void FenceWaited(TimeSpan time)
    {
    }

    public void FenceWaitsLong(Account account, int process) => LongWaits.Enqueue(process);

    public void Published(DateTimeOffset recordedAt)
    {
    }

    public void RoundFailed(Account account, Exception error) => Failures.Enqueue(error);
}
