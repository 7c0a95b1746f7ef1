using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Many accounts in one database.</summary>
public sealed class AccountsRow : IHeartRow
{
    private const int Accounts = 200;

    public string Name => "accounts";

    public string Description =>
        "Requests of 500 events, and queries, with the things in 200 accounts whose indexing is on; each request is of "
        + "one random account. Floor: the same with as many things in one account, on a host and a database of its "
        + "own.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var one = await context.OpenAsync(context.Options.Things);
        await using var many = await context.OpenAsync(context.Options.Things, Accounts);
        var (ingestOfOne, ingest) = await MeasureAsync(
            context, one, many, "event", "POST of 500",
            stage => stage.EventSenders(IngestBatchesRow.Senders, IngestBatchesRow.Batch));
        var (queryOfOne, query) = await MeasureAsync(
            context, one, many, "request", "query", stage => stage.QuerySenders(QueryRow.Connections));
        return new RowFindings(
            [ingestOfOne.ToSeries(), ingest.ToSeries(), queryOfOne.ToSeries(), query.ToSeries()],
            [
                Figure.Least("events, ratio to one account", ingest.PerSecond / ingestOfOne.PerSecond, "", 0.9),
                Figure.Least("queries, ratio to one account", query.PerSecond / queryOfOne.PerSecond, "", 0.9),
            ]);
    }

    private static async Task<(SeriesTotals One, SeriesTotals Many)> MeasureAsync(
        HeartContext context, HeartStage one, HeartStage many, string operation, string name,
        Func<HeartStage, Operation[]> sendersOf)
    {
        var alternation = new Alternation(
            context.Options, one.Server.ProcessId, [.. one.Hosts.Concat(many.Hosts)]);
        var (ofOne, ofMany) = (sendersOf(one), sendersOf(many));
        var floor = alternation.Add($"{name}, one account", operation, d => LoadRun.ClosedAsync(ofOne, d));
        var ours = alternation.Add($"{name}, {Accounts} accounts", operation, d => LoadRun.ClosedAsync(ofMany, d));
        await alternation.RunAsync();
        return (floor, ours);
    }
}
