using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

[assembly: AssemblyFixture(typeof(Connectivity.Chaos.Tests.Reporting.ChaosReport))]

namespace Connectivity.Chaos.Tests.Reporting;

/// <summary>
/// The results of each scenario as a Markdown table, written to the file that <c>CONNECTIVITY_CHAOS_REPORT</c> names,
/// or else beside the built tests.
/// </summary>
public sealed class ChaosReport : IDisposable
{
    private readonly ConcurrentDictionary<string, Tally> _tallies = new();

    public Tally Of(string scenario) => _tallies.GetOrAdd(scenario, _ => new Tally(_tallies.Count));

    public void Dispose()
    {
        var path = Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_REPORT") is { Length: > 0 } named
            ? named
            : Path.Combine(AppContext.BaseDirectory, "chaos-report.md");
        File.WriteAllText(Path.GetFullPath(path), Text());
    }

    private string Text()
    {
        var text = new StringBuilder(
            """
            | fault | rounds | acknowledged | lost | doubled | wrong records | worst recovery |
            |---|--:|--:|--:|--:|--:|--:|

            """);
        foreach (var (scenario, tally) in _tallies.OrderBy(item => item.Value.Position))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {scenario} | {tally.Rounds} | {tally.Acknowledged:N0} | {tally.Lost} | {tally.Doubled} | "
                + $"{tally.Wrong} | {Seconds(tally.WorstRecovery)} |");
        return text.ToString();
    }

    private static string Seconds(TimeSpan? recovery) =>
        recovery is null ? "–" : string.Create(CultureInfo.InvariantCulture, $"{recovery.Value.TotalSeconds:0.00} s");
}
