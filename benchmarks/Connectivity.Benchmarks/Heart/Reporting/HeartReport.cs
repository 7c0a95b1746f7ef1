using System.Runtime.InteropServices;
using System.Text;
using Connectivity.Benchmarks.Heart.Rows;

namespace Connectivity.Benchmarks.Heart.Reporting;

/// <summary>Writes the results as a document with tables and plots.</summary>
public sealed class HeartReport(IReadOnlyList<IHeartRow> rows)
{
    private const string FileName = "heart.md";

    private readonly StringBuilder _text = new();

    /// <param name="directory">Of the document and its plots.</param>
    public void Write(IReadOnlyList<RowResult> results, string directory)
    {
        Directory.CreateDirectory(directory);
        Line("# The heart: measured");
        Line();
        Line("Written by the command `heart` of the benchmarks. Every row is measured together with its floor, slice");
        Line("by slice in turn, because machines are shared: compare ratios, not absolute figures.");
        Line();
        Line(Invariant(
            $"Machine: {Environment.ProcessorCount} processors for hosts, PostgreSQL and load generator together, ")
            + $"{RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}, fsync on.");
        Line();
        Line("## Targets");
        Line();
        Line("| row | figure | measured | target | reached |");
        Line("|---|---|--:|--:|---|");
        foreach (var (row, result) in Measured(results))
            foreach (var figure in result.Figures.Where(figure => figure.Target is not null))
                Line($"| [{row.Name}](#{row.Name}) | {figure.Name} | {Text(figure.Value, figure.Unit)} "
                    + $"| {(figure.AtLeast ? "≥" : "≤")} {Text(figure.Target!.Value, figure.Unit)} "
                    + $"| {(figure.IsReached == true ? "yes" : "**no**")} |");
        foreach (var (row, result) in Measured(results)) WriteRow(row, result, directory);
        File.WriteAllText(Path.Combine(directory, FileName), _text.ToString());
    }

    private void WriteRow(IHeartRow row, RowResult result, string directory)
    {
        Line();
        Line($"## {row.Name}");
        Line();
        Line(row.Description);
        Line();
        Line(Invariant($"Measured {result.MeasuredAt:yyyy-MM-dd HH:mm} UTC; {result.Settings}."));
        if (result.Series.Count > 0)
        {
            Line();
            Line("| | a second | slowest and fastest slice | p50 ms | p99 ms | p99.9 ms | max ms | refused "
                + "| CPU µs: host | database | generator | allocated |");
            Line("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
            foreach (var series in result.Series) Line(Row(series));
        }

        if (result.Figures.Count > 0)
        {
            Line();
            Line("| figure | measured |");
            Line("|---|--:|");
            foreach (var figure in result.Figures) Line($"| {figure.Name} | {Text(figure.Value, figure.Unit)} |");
        }

        var plots = HeartPlots.Draw(result.Points, directory);
        if (plots.Count > 0) Line();
        foreach (var plot in plots) Line($"![{Path.GetFileNameWithoutExtension(plot)}]({plot})");
    }

    private IEnumerable<(IHeartRow Row, RowResult Result)> Measured(IReadOnlyList<RowResult> results) =>
        from row in rows join result in results on row.Name equals result.Row select (row, result);

    private static string Row(Series series) => Invariant(
        $"| {series.Name} | {series.PerSecond:N0} | {series.SlowestPerSecond:N0} – {series.FastestPerSecond:N0} ")
        + Invariant($"| {series.P50:0.0} | {series.P99:0.0} | {series.P999:0.0} | {series.Maximum:0.0} ")
        + Invariant($"| {series.Refused:N0} | {series.HostMicroseconds:0.0} | {series.DatabaseMicroseconds:0.0} ")
        + Invariant($"| {series.GeneratorMicroseconds:0.0} | {series.AllocatedBytes:N0} B |");

    private static string Text(double value, string unit)
    {
        var number = Math.Abs(value) >= 100 ? Invariant($"{value:N0}") : Invariant($"{value:0.##}");
        return unit.Length == 0 ? number : unit.StartsWith('/') ? number + unit : $"{number} {unit}";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
