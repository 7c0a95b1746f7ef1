using Connectivity.Projections.Indexing;

namespace Connectivity.Projections.Changes;

/// <summary>The log that the cursors of an account refer to.</summary>
/// <param name="Generation">The current generation.</param>
/// <param name="Epoch">How often all cursors of the account were ended.</param>
/// <param name="ReleasesSocketInformation">Whether the account's configuration opts in to socket information.</param>
public sealed record LogPosition(Generation Generation, long Epoch, bool ReleasesSocketInformation)
{
    /// <summary>The cursor before the first event.</summary>
    public ChangeCursor Start => new(Generation.Number, 0, 0, Epoch);

    /// <summary>Whether a cursor is of this log.</summary>
    public bool Has(ChangeCursor cursor) => cursor.Generation == Generation.Number && cursor.Epoch == Epoch;
}
