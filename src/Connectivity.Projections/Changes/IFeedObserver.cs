using Connectivity.Domain;

namespace Connectivity.Projections.Changes;

/// <summary>Measures and logs the change feed.</summary>
public interface IFeedObserver
{
    /// <summary>How long the reader waited for transactions under way.</summary>
    void FenceWaited(TimeSpan time);

    /// <summary>It waits for more than five seconds.</summary>
    /// <param name="process">Of the database, which holds the lock.</param>
    void FenceWaitsLong(Account account, int process);

    /// <summary>Changes were published, the last of which was recorded then, by the database's clock.</summary>
    void Published(DateTimeOffset recordedAt);

    /// <summary>The database could not be read; the reader tries again.</summary>
    void RoundFailed(Account account, Exception error);
}
