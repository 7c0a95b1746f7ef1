using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// The oracle: every acknowledged event is in its stream exactly once, no other event is there twice, nothing is there that was not sent, each
/// record equals the fold of its stream and what is true of the thing, and every sender was told the truth.
/// </summary>
public static class Judge
{
    /// <summary>Holds what is stored against what was sent.</summary>
    /// <param name="lives">Where lives began and ended meanwhile; then an event may also have gone with its life, or come too late for it.</param>
    public static Verdict Compare(StoredStreams stored, IReadOnlyList<Sent> sent, Lives? lives = null)
    {
        var verdict = new Verdict { Acknowledged = sent.Count(item => item.IsAcknowledged) };
        foreach (var (name, thingId) in stored.ThingIds)
            Compare(verdict, stored, lives, name, thingId, [.. sent.Where(item => item.Report.Event.ClientId == name)]);
        foreach (var stream in stored.Events)
            if (!stored.ThingIds.Values.Contains(stream.Key)) verdict.FindWrong($"a stream of no thing, with {stream.Count()} events");
        if (stored.Strays > 0) verdict.FindWrong($"{stored.Strays} streams and records of no thing");
        return verdict;
    }

    /// <summary>Holds the answers of a host against what is stored.</summary>
    public static async Task AskAsync(Verdict verdict, StoredStreams stored, HostClient host)
    {
        foreach (var (name, thingId) in stored.ThingIds)
        {
            var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
            var answer = await host.AskAsync(name);
            var timestamp = answer.TryGetProperty("timestamp", out var seconds) ? (long?)(seconds.GetDecimal() * 1000) : null;
            var told = (answer.GetProperty("connected").GetBoolean(), answer.GetProperty("disconnectReason").GetString(), timestamp);
            var expected = (record.IsConnected, record.DisconnectReason, record.OccurredAt?.ToUnixTimeMilliseconds());
            if (told != expected) verdict.FindWrong($"{name} is answered as {told}, and is {expected}");
        }
    }

    private static void Compare(
        Verdict verdict, StoredStreams stored, Lives? lives, string name, string thingId, IReadOnlyList<Sent> sent)
    {
        var life = lives?.Present(name) ?? Life.Whole;
        var stream = stored.Events[thingId].ToList();
        var known = sent.ToDictionary(item => item.Report.Event);
        var times = stream.CountBy(item => item.Event).ToDictionary();
        foreach (var (lifecycleEvent, count) in times)
        {
            if (!known.TryGetValue(lifecycleEvent, out var item)) verdict.FindWrong($"{name} has an event that nobody sent: {lifecycleEvent}");
            else if (count > 1) verdict.FindDoubled($"{count} times stored: {item}");
            else if (life.IsFormer(item)) verdict.FindWrong($"of a former life: {item}");
        }

        foreach (var item in sent)
            if (life.MustHold(item) && !times.ContainsKey(item.Report.Event)) verdict.FindLost(item.ToString());

        CompareOrder(verdict, stored, name, thingId, stream);
        CompareRecord(verdict, stored, name, thingId, stream, known);
        foreach (var item in sent) CompareAnswers(verdict, item, mayBeIgnored: lives is not null);
    }

    internal static void CompareOrder(Verdict verdict, StoredStreams stored, string name, string thingId, List<StoredEvent> stream)
    {
        for (var i = 0; i < stream.Count; i++)
        {
            if (stream[i].Version != i + 1) verdict.FindWrong($"{name} has version {stream[i].Version} in place {i + 1}");
            if (stream[i].Id != EventId.Of(StoredStreams.Account, stored.Generation ?? 0, thingId, stream[i].Event))
                verdict.FindWrong($"{name} has an event under an id of another: version {stream[i].Version}");
        }

        if (stored.StreamVersions.GetValueOrDefault(thingId) != stream.Count)
            verdict.FindWrong($"{name} has {stream.Count} events, and a stream of version {stored.StreamVersions.GetValueOrDefault(thingId)}");
    }

    private static void CompareRecord(
        Verdict verdict, StoredStreams stored, string name, string thingId, List<StoredEvent> stream, Dictionary<LifecycleEvent, Sent> known)
    {
        var fold = ConnectivityRecord.NeverConnected(thingId);
        foreach (var item in stream)
        {
            var after = ConnectivityRecord.Evolve(fold, item.Event);
            var outcome = after == fold ? "late" : "accepted";
            fold = after;
            if (known.GetValueOrDefault(item.Event)?.Answers.Find(answer => answer.IsNew) is { } told && told.Told.Outcome != outcome)
                verdict.FindWrong($"told {told.Told.Outcome} of what was {outcome}: {known[item.Event]}");
        }

        var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
        if (record != fold) verdict.FindWrong($"the record of {name} is {record}, and its stream comes to {fold}");
        var truth = Testing.Lifecycle.History.TrueRecord(
            thingId, [.. stream.Select(item => item.Event).Where(known.ContainsKey).Select(item => known[item].Report)]);
        if (record != truth) verdict.FindWrong($"the record of {name} is {record}, and the truth is {truth}");
    }

    /// <summary>New once at most; and a duplicate only where another request, answered or not, can have stored it.</summary>
    private static void CompareAnswers(Verdict verdict, Sent sent, bool mayBeIgnored)
    {
        var stored = sent.Answers.Count(answer => answer.IsNew);
        if (stored > 1) verdict.FindDoubled($"acknowledged as new {stored} times: {sent}");
        if (stored == 0 && sent.IsAcknowledged && sent.Answers.Count == sent.Attempts) verdict.FindWrong($"a duplicate of nothing: {sent}");
        if (sent.Answers.Find(answer => !answer.IsStored && !(mayBeIgnored && answer.Told.Outcome == "ignored")) is { } refused)
            verdict.FindWrong($"{refused.Told.Outcome}: {sent}");
    }
}
