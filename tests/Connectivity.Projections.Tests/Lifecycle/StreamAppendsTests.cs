using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// The log writes the rows that Marten's own append and its inline projection write, so that Marten's reading,
/// rebuilding and tenancy go on working.
/// </summary>
public sealed class StreamAppendsTests : IAsyncLifetime
{
    private const string Lamp = "11111111-2222-4333-8444-555555555555";

    private static readonly Account Account = new("123456789012", "eu-central-1");

    private StoreHost _ours = null!;
    private StoreHost _martens = null!;
    private Generation _generation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_ours, _martens) = (await StartAsync(), await StartAsync());
        _generation = (await _ours.Indexing.CurrentGenerationAsync(Account, Cancelled))!;
        (await _martens.Indexing.CurrentGenerationAsync(Account, Cancelled)).ShouldBe(_generation);
    }

    public async ValueTask DisposeAsync()
    {
        await _ours.DisposeAsync();
        await _martens.DisposeAsync();
    }

    [Fact]
    public async Task Every_column_is_what_Marten_itself_writes()
    {
        foreach (var batch in Batches())
        {
            await _ours.ImportAsync(Account, batch);
            await AppendByMartenAsync(_martens, batch);
        }

        foreach (var (table, times) in ((string, string[])[])
        [
            (ConnectivitySchema.Events, ["timestamp"]), (ConnectivitySchema.Streams, ["timestamp", "created"]),
            (ConnectivitySchema.Records, ["mt_last_modified"]),
        ])
        {
            var rows = await RowsAsync(_ours, table, times);
            rows.ShouldNotBeEmpty();
            rows.ShouldBe(await RowsAsync(_martens, table, times));
        }

        (await SequenceAsync(_ours)).ShouldBe(await SequenceAsync(_martens));
    }

    [Fact]
    public async Task Marten_continues_a_stream_of_the_log_and_the_log_one_of_Marten_and_its_rebuild_gives_the_record()
    {
        var batches = Batches();
        for (var i = 0; i < batches.Count; i++)
        {
            if (i % 2 == 0) await _ours.ImportAsync(Account, batches[i]);
            else await AppendByMartenAsync(_ours, batches[i]);
        }

        // Marten projects the record. What else is projected follows with a rebuild.
        await _ours.Rebuild.RunAsync(null, Cancelled);
        await Stored.ShouldBeConsistentAsync(_ours, _generation);
        var record = await Stored.RecordAsync(_ours, _generation, Lamp);
        record.ShouldBe(Testing.Storage.Events.Fold(Lamp, batches.SelectMany(batch => batch)));

        await using var session = _ours.Store.LightweightSession(_generation.TenantId);
        (await session.Events.AggregateStreamAsync<ConnectivityRecord>(Lamp, token: Cancelled)).ShouldBe(record);
    }

    private static async Task<StoreHost> StartAsync()
    {
        var host = new StoreHost(await PostgresServer.CreateDatabaseAsync(Cancelled));
        await host.BringSchemaUpToDateAsync();
        await host.TurnOnAsync(Account);
        await host.CreateAsync(Account, "lamp");
        await host.ExecuteAsync("update connectivity.things set thing_id = $1", Lamp);
        return host;
    }

    /// <summary>
    /// What a conforming source reports of one client, without repetitions, in commits of several sizes.
    /// </summary>
    private static List<LifecycleEvent[]> Batches()
    {
        var events = ConformingSource.Deliveries("lamp").Array[30].Single(_ => true, "0N0XIzNsQ0O2")
            .SelectMany(delivery => delivery.Arrivals)
            .Select(report => report.Event).Distinct().ToList();
        var batches = new List<LifecycleEvent[]>();
        for (var i = 0; i < events.Count; i += batches[^1].Length) batches.Add([.. events.Skip(i).Take(1 + i % 7)]);
        return batches;
    }

    private async Task AppendByMartenAsync(StoreHost host, LifecycleEvent[] events)
    {
        await using var session = host.Store.LightweightSession(_generation.TenantId);
        foreach (var lifecycleEvent in events)
        {
            var appended = session.Events.BuildEvent(lifecycleEvent);
            appended.Id = EventId.Of(Account, _generation.Number, Lamp, lifecycleEvent);
            session.Events.Append(Lamp, appended);
        }

        await session.SaveChangesAsync(Cancelled);
    }

    /// <summary>
    /// Each row as text; of times only their type, of numbers of events their order in the stream, and without whether
    /// an event was late, which Marten does not know.
    /// </summary>
    private static Task<List<string>> RowsAsync(StoreHost host, string table, string[] times)
    {
        var order = table == ConnectivitySchema.Events ? "order by seq_id" : "";
        var without = string.Concat(times.Append("seq_id").Select(column => $" - '{column}'"));
        var types = string.Concat(times.Select(column => $" || pg_typeof(t.{column})::text"));
        return host.ColumnAsync<string>($"select (to_jsonb(t){without} #- '{{data,late}}')::text{types} from {table} as t {order}");
    }

    private async Task<long> SequenceAsync(StoreHost host) => await host.ScalarAsync<long>(
        $"select last_value from {ConnectivitySchema.EventsSequence}_{_generation.PartitionSuffix}");
}
