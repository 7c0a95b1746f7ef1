using System.Globalization;
using System.Text;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Testing.Lifecycle;

/// <summary>
/// An event as a source reports it, and the ordinal of its connection in the true order, which the source does not
/// report.
/// </summary>
public sealed record Report(int Ordinal, LifecycleEvent Event);

/// <summary>All that a conforming source reports of one client, in the true order of its connections.</summary>
public sealed record TrueHistory(IReadOnlyList<Report> Reports)
{
    /// <summary>
    /// The expected record, derived from the true order of connections. It compares events only to pick the later of
    /// two reports of the same fact.
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
            if (report.Event is ThingDisconnected d && (disconnect is null || Outranks(d, disconnect))) disconnect = d;
        }

        return new ConnectivityRecord(thingId, connect, disconnect);
    }

    private static bool Outranks(ThingDisconnected next, ThingDisconnected known) =>
        next.Inferred == known.Inferred ? next.OccurredAt > known.OccurredAt : known.Inferred;

    /// <summary>One report a line, for the message of a failed test.</summary>
    public static string Print(IEnumerable<Report> reports)
    {
        var text = new StringBuilder();
        foreach (var (ordinal, e) in reports)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  #{ordinal} {e.Connection.SessionIdentifier}/{e.Connection.VersionNumber} "
                + $"{e.OccurredAt:MM-dd HH:mm:ss.fff} {EventKind.Of(e)} {(e as ThingDisconnected)?.Reason} "
                + $"{(e as ThingDisconnected)?.ConnectedAt:MM-dd HH:mm:ss.fff}{(e is ThingDisconnected { Inferred: true } ? " inferred" : "")}");
        return text.ToString();
    }
}

/// <summary>What arrives of a history: some of its reports, in any order, any of them repeatedly.</summary>
public sealed record Delivery(TrueHistory History, IReadOnlyList<Report> Arrivals)
{
    public override string ToString() =>
        $"history:\n{TrueHistory.Print(History.Reports)}arrivals:\n{TrueHistory.Print(Arrivals)}";
}
