using Connectivity.Chaos.Tests.Judging;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Gateways;

/// <summary>
/// The oracle where gateways are the source: each connection that a gateway accepted has one connect, each that is over
/// has one disconnect, and each record is the fold of its stream and the true state of the device.
/// </summary>
public static class CrowdJudge
{
    /// <summary>Compares once. Callers repeat it: a gateway reports an event shortly after it happens.</summary>
    public static Verdict Compare(StoredStreams stored, DeviceCrowd crowd)
    {
        var verdict = new Verdict();
        foreach (var name in crowd.Names)
        {
            var thingId = stored.ThingIds[name];
            var stream = stored.Events[thingId].ToList();
            verdict.Acknowledged += stream.Count;
            Judge.CompareOrder(verdict, stored, name, thingId, stream);
            foreach (var (key, count) in stream.CountBy(item => (item.Event.Connection, EventKind.Of(item.Event))))
                if (count > 1) verdict.FindDoubled($"{name}: {count} times {key}");

            var connects = stream.Count(item => item.Event is ThingConnected);
            var disconnects = stream.Count - connects;
            var isOpen = crowd.IsOpen(name);
            if (connects != crowd.Connects(name))
                verdict.FindLost($"{name} was accepted {crowd.Connects(name)} times, and has {connects} connects");
            if (disconnects != connects - (isOpen ? 1 : 0))
                verdict.FindLost($"{name} has {connects} connects and {disconnects} disconnects");

            var fold = stream.Select(item => item.Event)
                .Aggregate(ConnectivityRecord.NeverConnected(thingId), ConnectivityRecord.Evolve);
            var record = stored.Records.GetValueOrDefault(thingId) ?? ConnectivityRecord.NeverConnected(thingId);
            if (record != fold) verdict.FindWrong($"the record of {name} is {record}, and its stream folds to {fold}");
            if (record.IsConnected != isOpen)
                verdict.FindWrong($"{name} is {(isOpen ? "" : "not ")}connected, and its record is {record}");
        }

        return verdict;
    }
}
