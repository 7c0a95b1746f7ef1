using Connectivity.Projections.History;

namespace Connectivity.Projections.Changes;

/// <summary>An event in the change feed.</summary>
/// <param name="Cursor">Behind it.</param>
public readonly record struct Change(ChangeCursor Cursor, RecordedEvent Recorded);

/// <summary>Consecutive changes of an account, in recorded order.</summary>
/// <param name="End">Behind the last of them.</param>
/// <param name="ReleasesSocketInformation">Whether the account's configuration opts in to socket information.</param>
public sealed record ChangePage(IReadOnlyList<Change> Changes, ChangeCursor End, bool ReleasesSocketInformation);

/// <summary>Why a consumer of the change feed must begin again, or come back by its last cursor.</summary>
public enum FeedEnd
{
    /// <summary>It was slower than the events: it comes back by its cursor, and reads from the database.</summary>
    Lagging,

    /// <summary>The generation has ended, or is another one.</summary>
    GenerationEnded,

    /// <summary>The cursor is not of this log: a restored backup, or cursors that were ended.</summary>
    UnknownCursor,
}

/// <summary>The change feed of a consumer has ended.</summary>
public sealed class FeedEndedException(FeedEnd end) : Exception(end.ToString())
{
    public FeedEnd End => end;
}
