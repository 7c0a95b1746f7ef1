using System.Globalization;
using System.Text;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Testing.Lifecycle;

/// <summary>
/// An event as a source reports it, and what only the truth tells: which of the client's connections it is of, counted in the order
/// in which they truly began.
/// </summary>
public sealed record Report(int Ordinal, LifecycleEvent Event);

/// <summary>All that a conforming source reports of one client, in the true order of its connections.</summary>
public sealed record History(IReadOnlyList<Report> Reports)
{
    /// <summary>
    /// The record that those reports come to, read off the true order of connections; no rule that compares events has a part in it
    /// except which of two reports of the same fact holds, the later.
    /// </summary>
    public static ConnectivityRecord TrueRecord(string thingId, IReadOnlyCollection<Report> delivered)
    {
        if (delivered.Count == 0) return ConnectivityRecord.NeverConnected(thingId);

        var newest = delivered.Max(report => report.Ordinal);
        ThingConnected? connect = null;
        ThingDisconnected? disconnect = null;
        foreach (var report in delivered)
        {
            if (report.Ordinal != newest) continue;
            if (report.Event is ThingConnected c && !(c.OccurredAt <= connect?.OccurredAt)) connect = c;
            if (report.Event is ThingDisconnected d && !(d.OccurredAt <= disconnect?.OccurredAt)) disconnect = d;
        }

        return new ConnectivityRecord(thingId, connect, disconnect);
    }

    /// <summary>Reports one a line, for the message of a test that fails.</summary>
    public static string Print(IEnumerable<Report> reports)
    {
        var text = new StringBuilder();
        foreach (var (ordinal, e) in reports)
            text.AppendLine(CultureInfo.InvariantCulture, $"  #{ordinal} {e.Connection.SessionIdentifier}/{e.Connection.VersionNumber} "
                + $"{e.OccurredAt:MM-dd HH:mm:ss.fff} {EventKind.Of(e)} {(e as ThingDisconnected)?.Reason}");
        return text.ToString();
    }
}

/// <summary>What arrives of a history: some of its reports, in any order, any of them repeatedly.</summary>
public sealed record Delivery(History History, IReadOnlyList<Report> Arrivals)
{
    public override string ToString() => $"history:\n{History.Print(History.Reports)}arrivals:\n{History.Print(Arrivals)}";
}
