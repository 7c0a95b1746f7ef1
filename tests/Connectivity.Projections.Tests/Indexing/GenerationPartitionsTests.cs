using Connectivity.Projections.Indexing;

namespace Connectivity.Projections.Tests.Indexing;

/// <summary>A generation's partitions are created without Marten, and must equal those that Marten creates.</summary>
public sealed class GenerationPartitionsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partitions_equal_those_that_Marten_creates()
    {
        var generation = await database.Host.TurnOnAsync(SharedDatabase.NewAccount());
        var martens = Generation.Begin(generation.Account, generation.Number + 1_000_000);
        await database.Host.Store.Advanced.AddMartenManagedTenantsAsync(
            Cancelled, new Dictionary<string, string> { [martens.TenantId] = martens.PartitionSuffix });

        var description = await DescribeAsync(generation);

        description.ShouldBe(await DescribeAsync(martens));
        description.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Partitions_are_rolled_back_with_an_update_that_is_not_committed()
    {
        var account = SharedDatabase.NewAccount();
        var before = await TenantsAsync();
        await using (var session = database.Host.Store.LightweightSession())
            await database.Host.Indexing.UpdateAsync(session, account, Configurations.On, null, Cancelled);

        (await TenantsAsync()).ShouldBe(before);

        Task<List<string>> TenantsAsync() => database.Host.ColumnAsync<string>(
            "select partition_value from connectivity.mt_tenant_partitions order by 1");
    }

    [Fact]
    public async Task The_time_of_an_event_defaults_to_that_of_its_insert_also_in_the_partitions_of_earlier_releases()
    {
        await database.Host.TurnOnAsync(SharedDatabase.NewAccount());
        await database.Host.ExecuteAsync(
            "alter table connectivity.mt_events alter column timestamp set default '2026-01-01 00:00:00Z'");

        await database.Host.BringSchemaUpToDateAsync();

        (await database.Host.ColumnAsync<string>(
            """
            select distinct pg_get_expr(adbin, adrelid) from pg_attrdef
            join pg_attribute on attrelid = adrelid and attnum = adnum
            where adrelid::regclass::text ~ 'mt_events(_g[0-9]+)?$' and attname = 'timestamp'
            """)).ShouldBe(["now()"]);
    }

    [Fact]
    public async Task Partitions_are_created_while_another_account_writes()
    {
        var (account, other) = (SharedDatabase.NewAccount(), SharedDatabase.NewAccount());
        await database.Host.TurnOnAsync(account);
        await using var session = database.Host.Store.LightweightSession();
        await database.Host.Indexing.UpdateAsync(session, other, Configurations.On, null, Cancelled);

        // Between the creation of the partitions and its commit.
        await database.Host.CreateAsync(account, "lamp");
        (await database.Host.AppendAsync(account, Events.Connected("lamp", await database.Host.NowAsync())))
            .ShouldBe([Domain.Lifecycle.Outcome.Accepted]);
    }

    /// <summary>Columns, constraints, indexes, bounds and sequence, without the generation's own names.</summary>
    private Task<List<string>> DescribeAsync(Generation generation) => database.Host.ColumnAsync<string>(
        """
        with mine as (select oid, relname, relkind, pg_get_expr(relpartbound, oid) as bound from pg_class
                      where relnamespace = 'connectivity'::regnamespace and relname ~ ('^mt_.*_' || $1 || '($|_)')),
        description as (
            select relname || ' ' || relkind::text || ' ' || coalesce(bound, '') as line from mine
            union all select relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
                || ' ' || attstorage::text
                || ' ' || coalesce((select pg_get_expr(adbin, adrelid) from pg_attrdef
                    where adrelid = attrelid and adnum = attnum), '')
                from mine join pg_attribute on attrelid = mine.oid
                where relkind = 'r' and attnum > 0 and not attisdropped
            union all select relname || ' ' || conname || ' ' || pg_get_constraintdef(c.oid)
                from mine join pg_constraint c on conrelid = mine.oid
            union all select pg_get_indexdef(oid) from mine where relkind = 'i'
            union all select relname || ' ' || seqtypid::regtype || ' ' || seqstart || ' ' || seqincrement
                || ' ' || seqcache
                from mine join pg_sequence on seqrelid = mine.oid)
        select replace(replace(line, quote_literal($2), 'tenant'), $1, 'suffix') from description order by 1
        """, generation.PartitionSuffix, generation.TenantId);
}
