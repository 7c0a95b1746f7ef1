namespace Connectivity.Domain.History;

/// <summary>What is counted of a fleet, for each minute. The numbers are stored and never change.</summary>
public enum FleetMeasure : short
{
    /// <summary>Things that entered a state less those that left it, by the time at which that occurred.</summary>
    StateByOccurredAt = 0,

    /// <summary>The same, by the time at which that was recorded.</summary>
    StateByRecordedAt = 1,

    /// <summary>Sessions that began.</summary>
    Connects = 2,

    /// <summary>Sessions that ended, by reason.</summary>
    Disconnects = 3,
}

/// <param name="Minute">Its beginning.</param>
/// <param name="State"><see cref="ThingState"/>.</param>
public readonly record struct FleetCount(FleetMeasure Measure, DateTimeOffset Minute, string State);

/// <summary>
/// Numbers to add to the counts of a fleet. Counts are sums of such additions, so that events of different things never
/// wait for each other, and what a thing added can be taken back.
/// </summary>
public sealed class FleetCounts
{
    private readonly Dictionary<FleetCount, int> _counts = [];

    /// <summary>Those that are not zero.</summary>
    public IEnumerable<KeyValuePair<FleetCount, int>> Changes => _counts.Where(count => count.Value != 0);

    public void Add(FleetMeasure measure, DateTimeOffset at, string state, int number)
    {
        var count = new FleetCount(measure, MinuteOf(at), state);
        _counts[count] = _counts.GetValueOrDefault(count) + number;
    }

    /// <summary>Adds all numbers of another one, so many times.</summary>
    public void Add(FleetCounts other, int times)
    {
        foreach (var (count, number) in other._counts)
            _counts[count] = _counts.GetValueOrDefault(count) + number * times;
    }

    /// <summary>The beginning of the minute that contains a time.</summary>
    public static DateTimeOffset MinuteOf(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    internal void Add(StateSpan span, int number)
    {
        Add(FleetMeasure.StateByOccurredAt, span.From, span.State, number);
        if (span.Until is { } until) Add(FleetMeasure.StateByOccurredAt, until, span.State, -number);
    }
}
