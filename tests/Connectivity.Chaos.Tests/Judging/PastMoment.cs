using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// A moment that a database is restored to, as far as its senders know when it was; the times are of
/// <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
/// <param name="From">What was acknowledged before was stored.</param>
/// <param name="To">What was first sent afterwards was not stored yet.</param>
public readonly record struct PastMoment(long From, long To)
{
    /// <summary>
    /// Whether the restored database holds what was stored at that moment: the first events of each stream, and no
    /// later one.
    /// </summary>
    /// <param name="last">What the database held when it was lost.</param>
    public Verdict Compare(StoredStreams restored, StoredStreams last, IReadOnlyList<Sent> sent)
    {
        var verdict = new Verdict();
        foreach (var (name, thingId) in last.ThingIds)
        {
            if (restored.ThingIds.GetValueOrDefault(name) != thingId)
                verdict.FindWrong($"the restored database has another thing {name} than {thingId}");
            var (before, after) = (restored.Events[thingId].ToList(), last.Events[thingId].ToList());
            if (!before.SequenceEqual(after.Take(before.Count)))
                verdict.FindWrong($"the restored stream of {name} is not a prefix of its last state");
        }

        var held = restored.Events.SelectMany(stream => stream).Select(stored => stored.Event).ToHashSet();
        foreach (var item in sent)
        {
            var (from, isHeld) = (From, held.Contains(item.Report.Event));
            if (!isHeld && item.Answers.Exists(answer => answer.IsStored && answer.AnsweredAt < from))
                verdict.FindLost(item.ToString());
            if (isHeld && item.FirstSentAt > To) verdict.FindWrong($"restored, but sent later: {item}");
        }

        return verdict;
    }
}
