using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle.Rebuild;
using Connectivity.Projections.Registry;
using Marten;

namespace Connectivity.Projections.Tests;

/// <summary>Reads what a generation has stored, without the code that stored it.</summary>
internal static class Stored
{
    private const string Events = $"{ConnectivitySchema.Events}";
    private const string Streams = $"{ConnectivitySchema.Streams}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The events of a stream, in their order.</summary>
    public static async Task<IReadOnlyList<LifecycleEvent>> StreamAsync(
        StoreHost host, Generation generation, string thingId)
    {
        await using var session = host.Store.QuerySession(generation.TenantId);
        var events = await session.Events.FetchStreamAsync(thingId, token: Cancelled);
        return [.. events.Select(e => (LifecycleEvent)e.Data)];
    }

    public static async Task<ConnectivityRecord?> RecordAsync(StoreHost host, Generation generation, string thingId)
    {
        await using var session = host.Store.QuerySession(generation.TenantId);
        return await session.LoadAsync<ConnectivityRecord>(thingId, Cancelled);
    }

    /// <summary>Every record of the generation, as its bytes in the database.</summary>
    public static Task<List<string>> RecordRowsAsync(StoreHost host, Generation generation) => host.ColumnAsync<string>(
        $"select id || ' ' || data::text from {ConnectivitySchema.Records} where tenant_id = $1 order by id",
        generation.TenantId);

    public static Task<long> EventCountAsync(StoreHost host, Generation generation) =>
        host.ScalarAsync<long>($"select count(*) from {Events} where tenant_id = $1", generation.TenantId);

    /// <summary>
    /// Asserts the invariants of a generation: each stream belongs to a registered thing, its versions count its events
    /// from 1 without a gap, and there is exactly one record for it, which is the fold of the stream.
    /// </summary>
    public static async Task ShouldBeConsistentAsync(StoreHost host, Generation generation)
    {
        var errors = await host.ColumnAsync<string>(
            $"""
            with e as (select stream_id, count(*) as n, min(version) as first, max(version) as last
                from {Events} where tenant_id = $1 group by 1),
                 s as (select id, version from {Streams} where tenant_id = $1),
                 r as (select id from {ConnectivitySchema.Records} where tenant_id = $1),
                 t as (select thing_id from {RegistryTables.ThingsName} where account = $2 and region = $3)
            select 'events of no stream, or wrong versions: ' || stream_id from e left join s on id = stream_id
                where version is distinct from n or first <> 1 or last <> n
            union all select 'stream without events: ' || id from s where id not in (select stream_id from e)
            union all select 'stream without record: ' || id from s where id not in (select id from r)
            union all select 'record without stream: ' || id from r where id not in (select id from s)
            union all select 'stream of no thing: ' || id from s where id not in (select thing_id from t)
            """, generation.TenantId, generation.Account.Id, generation.Account.Region);
        errors.ShouldBeEmpty();
        var differences = new Differences();
        await host.Rebuild.CheckAsync(differences, Cancelled, generation.Account);
        differences.All.ShouldBeEmpty();

        await using var session = host.Store.QuerySession(generation.TenantId);
        var events = await session.Events.QueryAllRawEvents().OrderBy(e => e.Version).ToListAsync(Cancelled);
        var records = (await session.Query<ConnectivityRecord>().ToListAsync(Cancelled))
            .ToDictionary(record => record.ThingId);
        foreach (var stream in events.GroupBy(e => e.StreamKey!))
            records[stream.Key].ShouldBe(
                Testing.Storage.Events.Fold(stream.Key, stream.Select(e => (LifecycleEvent)e.Data)));
    }

    /// <summary>
    /// Nothing is left of the generation: no row, no partition, no sequence, and nothing in Marten's table of tenants.
    /// </summary>
    public static async Task ShouldBeGoneAsync(StoreHost host, Generation generation)
    {
        (await RelationsAsync(host, generation)).ShouldBeEmpty();
        foreach (var (table, column) in ((string, string)[])
        [
            (Events, "tenant_id"), (Streams, "tenant_id"), (ConnectivitySchema.Records, "tenant_id"),
            ($"{ConnectivitySchema.TenantPartitions}", "partition_value"),
        ])
            (await host.ScalarAsync<long>($"select count(*) from {table} where {column} = $1", generation.TenantId))
                .ShouldBe(0, table);
    }

    /// <summary>The partitions and sequences of the generation.</summary>
    public static Task<List<string>> RelationsAsync(StoreHost host, Generation generation) => host.ColumnAsync<string>(
        $"""
        select relname::text from pg_class join pg_namespace n on n.oid = relnamespace
        where nspname = '{ConnectivitySchema.Name}' and relkind in ('r', 'S') and relname ~ ('_' || $1 || '$')
        order by 1
        """, generation.PartitionSuffix);

    private sealed class Differences : IProgress<RebuildProgress>
    {
        public List<string> All { get; } = [];

        public void Report(RebuildProgress value) => All.AddRange(value.Latest.Select(difference => $"{difference}"));
    }
}
