namespace Connectivity.Domain.History;

/// <summary>
/// How much a state flaps: the weighted share of 20 equal parts of the range in which it changed. The weights rise evenly
/// from 0.8 in the first part to 1.2 in the last. Source: Nagios Core documentation, "Detection and Handling of State
/// Flapping", whose parts are the times between 21 checks.
/// </summary>
public static class FlappingScore
{
    private const int Parts = 20;
    private const double FirstWeight = 0.8;
    private const double LastWeight = 1.2;

    /// <returns>0 for a state that did not change, 1 for one that changed in each part.</returns>
    public static double Of(IEnumerable<DateTimeOffset> changes, DateTimeOffset from, DateTimeOffset until) =>
        changes.Where(at => at >= from && at < until)
            .Select(at => (int)((at - from).Ticks * (Int128)Parts / (until - from).Ticks)).Distinct()
            .Sum(part => FirstWeight + (LastWeight - FirstWeight) * part / (Parts - 1)) / Parts;
}
