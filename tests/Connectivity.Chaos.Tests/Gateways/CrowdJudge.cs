using Connectivity.Chaos.Tests.Judging;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Gateways;

/// <summary>
/// The oracle where gateways are the source: each connection that a gateway accepted has one connect, each that is over has one disconnect, and
/// each record is the fold of its stream and says of the device what is true.
/// </summary>
public static class CrowdJudge
{
    /// <summary>What is wrong. Asked again and again: a gateway says what has happened a little after it has.</summary>
    public static Verdict Compare(StoredStreams stored, DeviceCrowd crowd)
    {
        var verdict = new Verdict();
        foreach (var name in crowd.Names)
        {
            var thingId = stored.ThingIds[name];
            var stream = stored.Events[thingId].ToList();
            verdict.Acknowledged += stream.Count;
            Judge.CompareOrder(verdict, stored, name, thingId, stream);
            foreach (var (told, count) in stream.CountBy(item => (item.Event.Connection, EventKind.Of(item.Event))))
                if (count > 1) verdict.FindDoubled($"{name}: {count} times {told}");

            var connects = stream.Count(item => item.Event is ThingConnected);
            var disconnects = stream.Count - connects;
            var open = crowd.IsOpen(name) ? 1 : 0;
            if (connects != crowd.Connects(name))
                verdict.FindLost($"{name} was accepted {crowd.Connects(name)} times, and has {connects} connects");
            if (disconnects != connects - open) verdict.FindLost($"{name} has {connects} connects and {disconnects} disconnects");

            var fold = stream.Select(item => item.Event).Aggregate(ConnectivityRecord.NeverConnected(thingId), ConnectivityRecord.Evolve);
            var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
            if (record != fold) verdict.FindWrong($"the record of {name} is {record}, and its stream comes to {fold}");
            if (record.IsConnected != (open == 1)) verdict.FindWrong($"{name} is {(open == 1 ? "" : "not ")}connected, and its record is {record}");
        }

        return verdict;
    }
}
