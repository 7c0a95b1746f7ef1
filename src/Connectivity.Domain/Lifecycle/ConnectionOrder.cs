namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// Which of two connections of a client is the newer. This is the only place that orders connections: live append,
/// rebuild, as-of and import all use it through <see cref="ConnectivityRecord.Evolve"/>.
/// </summary>
/// <remarks>
/// For a conforming source any event of a connection gives the same answer. Within one run of version numbers no event
/// of the newer connection is more than 14 minutes older than one of the older connection (10 minutes for a superseded
/// connection to end, twice 2 minutes of clock error). Where the numbers fell back, the client was offline for an hour,
/// which a superseded connection may have spent 10 minutes of before it ended: every event of the newer connection is
/// at least 46 minutes later. <see cref="FallBack"/> is between the two. An end that bears the time of its connect may be
/// reported at any later time.
/// </remarks>
public static class ConnectionOrder
{
    /// <summary>
    /// A higher version number whose event is older than the other's by more than this belongs to a previous run of
    /// numbers.
    /// </summary>
    public static readonly TimeSpan FallBack = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Positive where the first connection is the newer, negative where the second is; zero only for the same
    /// connection. The times are the <see cref="LifecycleEvent.ConnectionTime"/> of any event of each.
    /// </summary>
    public static int Compare(
        ConnectionKey first, DateTimeOffset firstAt, ConnectionKey second, DateTimeOffset secondAt)
    {
        if (first == second) return 0;
        if (first.Source == second.Source && first.VersionNumber != second.VersionNumber)
            return first.VersionNumber > second.VersionNumber
                ? FellBack(higherAt: firstAt, lowerAt: secondAt) ? -1 : 1
                : FellBack(higherAt: secondAt, lowerAt: firstAt) ? 1 : -1;

        var byTime = firstAt.CompareTo(secondAt);
        if (byTime != 0) return byTime;
        var byIdentifier = string.CompareOrdinal(first.SessionIdentifier, second.SessionIdentifier);
        if (byIdentifier != 0) return byIdentifier;
        var bySource = string.CompareOrdinal(first.Source, second.Source);
        return bySource != 0 ? bySource : first.VersionNumber.CompareTo(second.VersionNumber);
    }

    private static bool FellBack(DateTimeOffset higherAt, DateTimeOffset lowerAt) => lowerAt - higherAt > FallBack;
}
