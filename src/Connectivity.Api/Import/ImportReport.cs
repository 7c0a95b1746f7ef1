using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Connectivity.Api.Import;

/// <summary>Shows how far an import is: a progress bar on a terminal, else a line every five seconds.</summary>
/// <param name="position">Bytes of the input that were read.</param>
/// <param name="length">Bytes of the input; null where it is not known.</param>
internal sealed class ImportReport(ImportSummary summary, Func<long> position, long? length)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _running = Stopwatch.StartNew();

    /// <summary>Returns when the import ends, without its error.</summary>
    public Task ShowAsync(Task import) =>
        Console.IsErrorRedirected ? ShowLinesAsync(import) : ShowBarAsync(import);

    /// <summary>The final account.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Events} lines in {_running.Elapsed.TotalSeconds:F1} s, {Rate:F0} a second");
        foreach (var (kind, reason, count) in summary.Outcomes)
            yield return $"{kind.ToString().ToLowerInvariant()}  {count}{(reason is null ? "" : $"  ({reason})")}";
        if (summary.Things > 0) yield return $"{summary.Things} things were registered";
    }

    private double Rate => summary.Events / Math.Max(_running.Elapsed.TotalSeconds, 0.001);

    private async Task ShowLinesAsync(Task import)
    {
        while (await Task.WhenAny(import, Task.Delay(Interval)) != import)
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Events} lines, {Rate:F0} a second{(length is > 0 ? $", {Share:P0} of the input" : "")}"));
    }

    private Task ShowBarAsync(Task import) => AnsiConsole.Progress()
        .Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask("import", maxValue: Math.Max(length ?? 1, 1));
            bar.IsIndeterminate = length is null;
            do
            {
                bar.Value = length is null ? 0 : position();
                bar.Description = string.Create(
                    CultureInfo.InvariantCulture, $"{summary.Events} lines, {Rate:F0} a second");
            }
            while (await Task.WhenAny(import, Task.Delay(Refresh)) != import);
            if (import.IsCompletedSuccessfully) bar.Value = bar.MaxValue;
        });

    private double Share => (double)position() / length!.Value;
}
