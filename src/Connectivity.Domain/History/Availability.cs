namespace Connectivity.Domain.History;

/// <summary>How available a thing was in a range of time.</summary>
/// <param name="Connected">How long it was connected.</param>
/// <param name="Disconnected">How long it was disconnected.</param>
/// <param name="Unknown">How long it is not known: before the first event, or before an end whose connect is unknown.</param>
/// <param name="Drops">How often it went from connected to disconnected.</param>
/// <param name="LongestOutage">The longest time without a break for which it was disconnected.</param>
/// <param name="Flapping">0 to 1: <see cref="FlappingScore"/>.</param>
public sealed record Availability(
    TimeSpan Connected, TimeSpan Disconnected, TimeSpan Unknown, int Drops, TimeSpan LongestOutage, double Flapping)
{
    /// <summary>The share of the known time in which it was connected; null where no time is known.</summary>
    public double? Share => Connected + Disconnected is var known && known > TimeSpan.Zero ? Connected / known : null;

    /// <summary>The connected time for each drop; null without a drop.</summary>
    public TimeSpan? BetweenDrops => Drops == 0 ? null : Connected / Drops;

    /// <param name="spans">The states that the thing was in, in order, as <see cref="Timeline.Spans(IEnumerable{Session})"/> gives them.</param>
    /// <param name="until">The first moment after the range; not in the future.</param>
    public static Availability Of(IReadOnlyList<StateSpan> spans, DateTimeOffset from, DateTimeOffset until)
    {
        var (connected, disconnected, longest, outage) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var drops = 0;
        var changes = new List<DateTimeOffset>();
        for (var i = 0; i < spans.Count; i++)
        {
            var span = spans[i];
            var isConnected = span.State == ThingState.Connected;
            var wasConnected = i > 0 && spans[i - 1].State == ThingState.Connected;
            if (span.From >= from && span.From < until)
            {
                if (wasConnected && !isConnected) drops++;
                if (i == 0 || wasConnected != isConnected) changes.Add(span.From);
            }

            var length = Min(span.Until ?? until, until) - Max(span.From, from);
            if (length <= TimeSpan.Zero) continue;
            if (isConnected)
                (connected, outage) = (connected + length, TimeSpan.Zero);
            else if (EndsUnknown(spans, i))
                outage = TimeSpan.Zero;
            else
                (disconnected, outage) = (disconnected + length, outage + length);
            if (outage > longest) longest = outage;
        }

        return new Availability(
            connected, disconnected, until - from - connected - disconnected, drops, longest,
            FlappingScore.Of(changes, from, until));
    }

    /// <summary>
    /// Whether another session, of which only the end is known, began at some time in this one of being disconnected.
    /// </summary>
    private static bool EndsUnknown(IReadOnlyList<StateSpan> spans, int i) =>
        i + 1 < spans.Count && spans[i + 1].State != ThingState.Connected
        && spans[i + 1].Connection != spans[i].Connection;

    private static DateTimeOffset Min(DateTimeOffset first, DateTimeOffset second) => first < second ? first : second;

    private static DateTimeOffset Max(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;
}
