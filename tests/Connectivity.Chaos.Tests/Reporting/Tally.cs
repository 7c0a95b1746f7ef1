using Connectivity.Chaos.Tests.Judging;

namespace Connectivity.Chaos.Tests.Reporting;

/// <summary>The results of the rounds of one scenario.</summary>
public sealed class Tally(int position)
{
    public int Position => position;

    public int Rounds { get; set; }

    public long Acknowledged { get; private set; }

    public int Lost { get; private set; }

    public int Doubled { get; private set; }

    public int Wrong { get; private set; }

    /// <summary>
    /// From the end of a fault to the first acknowledged event or right answer; null in a scenario without an outage.
    /// </summary>
    public TimeSpan? WorstRecovery { get; private set; }

    public void Add(Verdict verdict)
    {
        Acknowledged += verdict.Acknowledged;
        Lost += verdict.Lost;
        Doubled += verdict.Doubled;
        Wrong += verdict.Wrong;
    }

    public void Recovered(TimeSpan after) => WorstRecovery = WorstRecovery > after ? WorstRecovery : after;
}
