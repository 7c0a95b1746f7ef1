using System.Diagnostics;
using Connectivity.Api.Import;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>An exported account is imported into an empty one.</summary>
public sealed class ImportRow : IHeartRow
{
    public string Name => "import";

    public string Description =>
        "Importing an export into an empty account, its things registered by the import. The floor is COPY of the rows that "
        + "it wrote into tables with the same indexes, by two connections.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(ExportRow.Things, events: ExportRow.EventsOfThing);
        await using var store = new TransferStore(stage.ConnectionString);
        var keys = await stage.Host.CreateAccountsAsync(2);
        using var file = new MemoryStream();
        await store.Export.RunAsync(
            new Account(stage.Keys[0].AccountId, DataSet.Region), new ExportFilter(), includeSocketInformation: true,
            file, CancellationToken.None);

        Account[] accounts = [.. keys.Select(key => new Account(key.AccountId, DataSet.Region))];
        foreach (var key in keys)
        {
            using var api = new HostApi(stage.Host.Address, key);
            await api.TurnIndexingAsync(on: true);
        }

        // The first import compiles the code.
        await RunAsync(store, accounts[0], file);
        var account = accounts[1];
        await Sql.ExecuteAsync(stage.ConnectionString, "checkpoint");
        var clock = Stopwatch.StartNew();
        var summary = await RunAsync(store, account, file);
        var ours = clock.Elapsed;
        clock.Restart();
        await RunAsync(store, account, file);
        var again = clock.Elapsed;
        var floor = await FloorAsync(stage, store, account);
        return new RowFindings(
            [],
            [
                Figure.Only("events imported", summary.Events / ours.TotalSeconds, "/s"),
                Figure.Only("rows of as many events by COPY", summary.Events / floor.TotalSeconds, "/s"),
                Figure.Least("ratio", floor / ours, "", 0.5),
                Figure.Only("events that are stored, imported again", summary.Events / again.TotalSeconds, "/s"),
            ]);
    }

    private static async Task<ImportSummary> RunAsync(TransferStore store, Account account, MemoryStream file)
    {
        var summary = new ImportSummary();
        using var rejects = new RejectFile(Path.GetTempFileName());
        using var input = new MemoryStream(file.GetBuffer(), 0, (int)file.Length, writable: false);
        await store.Import.RunAsync(
            new ImportRequest(account, null, RegistersThings: true), input, summary, rejects, CancellationToken.None);
        return summary;
    }

    private static async Task<TimeSpan> FloorAsync(HeartStage stage, TransferStore store, Account account)
    {
        var generation = await store.GenerationAsync(account);
        (string Table, string Key)[] written =
        [
            (generation.Partition(ConnectivitySchema.Events), "stream_id"),
            (generation.Partition(ConnectivitySchema.Streams), "id"),
            (generation.Partition(ConnectivitySchema.Records), "id"),
        ];
        var tables = new List<CopiedTable>();
        foreach (var (table, key) in written)
            tables.Add(await CopiedTable.ReadAsync(stage.ConnectionString, table, key, $"floor_{tables.Count}"));
        await Sql.ExecuteAsync(stage.ConnectionString, "checkpoint");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(half => CopyAsync(stage.ConnectionString, tables, half)));
        return clock.Elapsed;
    }

    private static async Task CopyAsync(string connectionString, List<CopiedTable> tables, int half)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        foreach (var table in tables) await table.WriteAsync(connection, half);
    }
}
