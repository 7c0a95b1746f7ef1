using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>A thing's stream, folded up to a version, beside the record that is stored.</summary>
/// <param name="Version">Of the stream; 0 where it has no events.</param>
/// <param name="Folded">The fold of its events up to that version.</param>
/// <param name="Stored">Null where there is no record.</param>
/// <param name="StoredVersion">The version of the stream that the record was folded at.</param>
internal sealed record FoldedThing(
    string ThingId, string? Name, long Version, ConnectivityRecord Folded, ConnectivityRecord? Stored,
    long StoredVersion)
{
    /// <summary>How the stored record differs from the fold; null where it does not.</summary>
    public RecordDifference? Difference => (Version, Stored) switch
    {
        (0, null) => null,
        (0, _) => Differs("a record without events"),
        (_, null) => Differs("no record"),
        _ when Stored != Folded => Differs("the record is not the fold of the stream"),
        _ when StoredVersion != Version => Differs($"the record has version {StoredVersion}, the stream {Version}"),
        _ => null,
    };

    private RecordDifference Differs(string reason) => new(ThingId, Name, reason);
}
