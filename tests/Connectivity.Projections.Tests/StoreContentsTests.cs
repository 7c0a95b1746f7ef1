using Connectivity.Projections.Database;
using JasperFx.Events.Projections;

namespace Connectivity.Projections.Tests;

/// <summary>The one list of what is stored, held to what the database has.</summary>
public sealed class StoreContentsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    [Fact]
    public async Task Every_table_that_is_partitioned_by_generation_is_in_the_list() =>
        (await database.Host.ColumnAsync<string>(
            """
            select 'connectivity.' || relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
            where relnamespace = 'connectivity'::regnamespace
            """)).ShouldBe(ConnectivityStore.Contents.GenerationTables.Select(table => table.Name), ignoreOrder: true);

    [Fact]
    public async Task What_is_left_of_a_purged_generation_in_any_table_is_nothing()
    {
        var account = SharedDatabase.NewAccount();
        // A tenant id that is found in no other value.
        await database.Host.ExecuteAsync("select setval('connectivity.generations', 8765432100)");
        var generation = await database.Host.TurnOnAsync(account);
        await database.Host.CreateAsync(account, "pump");
        await database.Host.AppendAsync(account, Events.Connected("pump", await database.Host.NowAsync()));
        string[] progress =
        [
            ShardName.HighWaterMarkFor(generation.TenantId).Identity,
            ShardName.Compose("record", "All", generation.TenantId).Identity,
        ];
        var another = ShardName.HighWaterMarkFor("9" + generation.TenantId).Identity;
        foreach (var name in progress.Append(another))
            await database.Host.ColumnAsync<string>(
                $"insert into {ConnectivitySchema.Progression} (name, last_seq_id) values ($1, 1) returning name", name);
        await database.Host.TurnOffAsync(account);
        await database.Host.Purge.RunAsync(generation, TestContext.Current.CancellationToken);

        var tables = await database.Host.ColumnAsync<string>(
            """
            select 'connectivity.' || relname from pg_class c
            where relnamespace = 'connectivity'::regnamespace and relkind in ('r', 'p')
            """);
        tables.Count.ShouldBeGreaterThan(8);
        (await database.Host.ColumnAsync<string>(
            $"delete from {ConnectivitySchema.Progression} where name = $1 returning name", another))
            .ShouldHaveSingleItem();
        foreach (var table in tables)
            (await database.Host.ScalarAsync<long>(
                $"select count(*) from {table} as row where strpos(row::text, $1) > 0", generation.TenantId))
                .ShouldBe(0, table);
        (await database.Host.ColumnAsync<string>(
            $"""
            select relname::text from pg_class
            where relnamespace = 'connectivity'::regnamespace and relname like '%\_{generation.PartitionSuffix}'
            """)).ShouldBeEmpty();
    }
}
