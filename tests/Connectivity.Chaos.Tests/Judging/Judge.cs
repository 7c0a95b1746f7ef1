using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// The oracle: every acknowledged event is in its stream exactly once, no other event is there twice, nothing is there
/// that was not sent, each record equals the fold of its stream and the true state of the thing, and every sender
/// received the right outcome.
/// </summary>
public static class Judge
{
    /// <summary>Compares what is stored with what was sent.</summary>
    /// <param name="periods">
    /// The indexed periods that started and ended in the meantime, if any: an event may then have been purged, or have
    /// arrived too late for its period.
    /// </param>
    public static Verdict Compare(StoredStreams stored, IReadOnlyList<Sent> sent, ObservedPeriods? periods = null)
    {
        var verdict = new Verdict { Acknowledged = sent.Count(item => item.IsAcknowledged) };
        foreach (var (name, thingId) in stored.ThingIds)
        {
            var ofThing = sent.Where(item => item.Report.Event.ClientId == name);
            Compare(verdict, stored, periods, name, thingId, [.. ofThing]);
        }

        foreach (var stream in stored.Events)
            if (!stored.ThingIds.Values.Contains(stream.Key))
                verdict.FindWrong($"an orphaned stream of {stream.Count()} events");
        if (stored.Orphans > 0) verdict.FindWrong($"{stored.Orphans} orphaned streams and records");
        return verdict;
    }

    /// <summary>Compares the answers of a host with what is stored.</summary>
    public static async Task CompareAnswersAsync(Verdict verdict, StoredStreams stored, HostClient host)
    {
        foreach (var (name, thingId) in stored.ThingIds)
        {
            var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
            var answer = await host.GetConnectivityAsync(name);
            var timestamp = answer.TryGetProperty("timestamp", out var seconds)
                ? (long?)(seconds.GetDecimal() * 1000)
                : null;
            var actual = (
                answer.GetProperty("connected").GetBoolean(),
                answer.GetProperty("disconnectReason").GetString(),
                timestamp);
            var expected = (record.IsConnected, record.DisconnectReason, record.OccurredAt?.ToUnixTimeMilliseconds());
            if (actual != expected) verdict.FindWrong($"the answer for {name} is {actual} instead of {expected}");
        }
    }

    private static void Compare(
        Verdict verdict, StoredStreams stored, ObservedPeriods? periods, string name, string thingId,
        IReadOnlyList<Sent> sent)
    {
        var period = periods?.Current(name) ?? ObservedPeriod.Unbounded;
        var stream = stored.Events[thingId].ToList();
        var known = sent.ToDictionary(item => item.Report.Event);
        var times = stream.CountBy(item => item.Event).ToDictionary();
        foreach (var (lifecycleEvent, count) in times)
        {
            if (!known.TryGetValue(lifecycleEvent, out var item))
                verdict.FindWrong($"{name} has an event that was never sent: {lifecycleEvent}");
            else if (count > 1) verdict.FindDoubled($"{count} times stored: {item}");
            else if (period.MustNotContain(item)) verdict.FindWrong($"of a previous indexed period: {item}");
        }

        foreach (var item in sent)
            if (period.MustContain(item) && !times.ContainsKey(item.Report.Event)) verdict.FindLost(item.ToString());

        CompareOrder(verdict, stored, name, thingId, stream);
        CompareRecord(verdict, stored, name, thingId, stream, known);
        foreach (var item in sent) CompareOutcomes(verdict, item, mayBeIgnored: periods is not null);
    }

    internal static void CompareOrder(
        Verdict verdict, StoredStreams stored, string name, string thingId, List<StoredEvent> stream)
    {
        for (var i = 0; i < stream.Count; i++)
        {
            if (stream[i].Version != i + 1)
                verdict.FindWrong($"{name} has version {stream[i].Version} at position {i + 1}");
            if (stream[i].Id != EventId.Of(StoredStreams.Account, stored.Generation ?? 0, thingId, stream[i].Event))
                verdict.FindWrong($"{name} has an event with the id of another: version {stream[i].Version}");
        }

        var version = stored.StreamVersions.GetValueOrDefault(thingId);
        if (version != stream.Count)
            verdict.FindWrong($"{name} has {stream.Count} events, and a stream of version {version}");
    }

    private static void CompareRecord(
        Verdict verdict, StoredStreams stored, string name, string thingId, List<StoredEvent> stream,
        Dictionary<LifecycleEvent, Sent> known)
    {
        var fold = ConnectivityRecord.NeverConnected(thingId);
        foreach (var item in stream)
        {
            var after = ConnectivityRecord.Evolve(fold, item.Event);
            var outcome = after == fold ? "late" : "accepted";
            fold = after;
            if (known.GetValueOrDefault(item.Event)?.Answers.Find(answer => answer.IsNew) is { } answer
                && answer.Result.Outcome != outcome)
                verdict.FindWrong($"answered {answer.Result.Outcome} instead of {outcome}: {known[item.Event]}");
        }

        var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
        if (record != fold) verdict.FindWrong($"the record of {name} is {record}, and its stream folds to {fold}");
        var delivered = stream.Select(item => item.Event).Where(known.ContainsKey).Select(item => known[item].Report);
        var truth = Testing.Lifecycle.TrueHistory.TrueRecord(thingId, [.. delivered]);
        if (record != truth) verdict.FindWrong($"the record of {name} is {record}, and the truth is {truth}");
    }

    /// <summary>
    /// An event is new at most once, and a duplicate only where another request, answered or not, can have stored it.
    /// </summary>
    private static void CompareOutcomes(Verdict verdict, Sent sent, bool mayBeIgnored)
    {
        var stored = sent.Answers.Count(answer => answer.IsNew);
        if (stored > 1) verdict.FindDoubled($"acknowledged as new {stored} times: {sent}");
        if (stored == 0 && sent.IsAcknowledged && sent.Answers.Count == sent.Attempts)
            verdict.FindWrong($"a duplicate of an event that was never stored: {sent}");
        var refused = sent.Answers.Find(
            answer => !answer.IsStored && !(mayBeIgnored && answer.Result.Outcome == "ignored"));
        if (refused is not null) verdict.FindWrong($"{refused.Result.Outcome}: {sent}");
    }
}
