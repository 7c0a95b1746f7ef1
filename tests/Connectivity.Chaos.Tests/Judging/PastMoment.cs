using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// A moment that a database is restored to, as far as its senders know when it was; the times are of <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
/// <param name="From">What was acknowledged before was stored.</param>
/// <param name="To">What was first sent afterwards was not stored yet.</param>
public readonly record struct PastMoment(long From, long To)
{
    /// <summary>Whether what was restored is what was stored at that moment: of each stream the first events, and of none a later one.</summary>
    /// <param name="last">What the database held in the end, before it was lost.</param>
    public Verdict Compare(StoredStreams restored, StoredStreams last, IReadOnlyList<Sent> sent)
    {
        var verdict = new Verdict();
        foreach (var (name, thingId) in last.ThingIds)
        {
            if (restored.ThingIds.GetValueOrDefault(name) != thingId) verdict.FindWrong($"{name} was {thingId}, and is another");
            var (before, after) = (restored.Events[thingId].ToList(), last.Events[thingId].ToList());
            if (!before.SequenceEqual(after.Take(before.Count))) verdict.FindWrong($"the stream of {name} is not the beginning of what it became");
        }

        var held = restored.Events.SelectMany(stream => stream).Select(stored => stored.Event).ToHashSet();
        foreach (var item in sent)
        {
            var (from, isHeld) = (From, held.Contains(item.Report.Event));
            if (!isHeld && item.Answers.Exists(answer => answer.IsStored && answer.AnsweredAt < from)) verdict.FindLost(item.ToString());
            if (isHeld && item.FirstSentAt > To) verdict.FindWrong($"sent later, and there: {item}");
        }

        return verdict;
    }
}
