using Connectivity.Domain;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>What a rebuild has done since its start, or since it was continued.</summary>
/// <param name="Account">The account that it is in; null before the first.</param>
/// <param name="Things">Whose streams were folded.</param>
/// <param name="Events">That were folded.</param>
/// <param name="Differences">Records that were not the fold of their stream.</param>
/// <param name="Latest">The differences that were found since the last report.</param>
public sealed record RebuildProgress(
    Account? Account, long Things, long Events, long Differences, IReadOnlyList<RecordDifference> Latest);

/// <summary>A record that is not the fold of its thing's stream.</summary>
/// <param name="ThingName">Null where no thing has the record.</param>
public sealed record RecordDifference(string ThingId, string? ThingName, string Reason)
{
    public override string ToString() => $"{ThingName ?? ThingId}: {Reason}";
}
