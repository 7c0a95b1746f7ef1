using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Benchmarks.Heart.Rows;

namespace Connectivity.Benchmarks.Heart;

/// <summary>
/// Measures ingest, queries and what else must stay fast, each row with its floor, and writes the report. Data sets and
/// results stay in a directory: a run that was stopped goes on where it was.
/// </summary>
public static class HeartBenchmark
{
    /// <summary>In the order of their importance.</summary>
    public static readonly IReadOnlyList<IHeartRow> Rows =
    [
        new IngestBatchesRow(),
        new IngestSingleRow(),
        new QueryRow(),
        new QueryUnderIngestRow(),
        new HotThingRow(),
        new AccountsRow(),
        new VisibilityRow(),
        new GatewayRow(),
        new DiskRow(),
        new StartRow(),
        new PurgeRow(),
        new RebuildRow(),
        new ChangesRow(),
        new ExportRow(),
        new ImportRow(),
        new LoadRow(),
        new DataSizeRow(),
        new MemoryRow(),
    ];

    /// <param name="again">Measures also what is measured already.</param>
    /// <param name="reportDirectory">Where the report is written.</param>
    /// <returns>False where a row failed; the others are measured nevertheless.</returns>
    public static async Task<bool> RunAsync(HeartOptions options, bool again, string reportDirectory)
    {
        var results = new ResultFile(Directory.CreateDirectory(options.Directory).FullName);
        var wanted = Rows.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name));
        var missing = wanted.Where(row => again || !results.Has(row.Name, options.ForResult())).ToList();
        var succeeded = true;
        if (missing.Count > 0)
        {
            await using var server = await HeartServer.StartAsync(options.Directory);
            var context = new HeartContext(options, server);
            foreach (var row in missing) succeeded &= await MeasureAsync(row, context, results);
        }

        new HeartReport(Rows).Write(results.Read(), reportDirectory);
        return succeeded;
    }

    private static async Task<bool> MeasureAsync(IHeartRow row, HeartContext context, ResultFile results)
    {
        Console.Error.WriteLine(row.Name);
        try
        {
            var found = await row.MeasureAsync(context);
            results.Add(new RowResult(
                row.Name, context.Options.ForResult(), DateTimeOffset.UtcNow, found.Series, found.Figures,
                found.Points ?? []));
            foreach (var figure in found.Figures)
                Console.WriteLine(FormattableString.Invariant(
                    $"{row.Name}: {figure.Name} {figure.Value:0.###} {figure.Unit}{Verdict(figure)}"));
            return true;
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"{row.Name} failed: {failure}");
            return false;
        }
    }

    private static string Verdict(Figure figure) => figure.IsReached switch
    {
        null => "",
        true => " (reached)",
        false => FormattableString.Invariant($" (target {figure.Target})"),
    };
}
