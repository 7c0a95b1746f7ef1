using Connectivity.Access.Devices;

namespace Connectivity.Access.Tests;

/// <summary>The one list of what is stored, held to what the database has.</summary>
public sealed class StoreContentsTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    [Fact]
    public async Task What_is_left_of_a_deleted_thing_in_any_table_is_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var account = await database.NewIndexedAccountAsync();
        var thing = await database.Host.CreateAsync(account, "pump");
        await database.Host.AppendAsync(account, Events.Connected("pump", await database.Host.NowAsync()));
        (await database.Host.DeviceCredentials.AddAsync(
            account, "pump", "password-1", DeviceCredential.Password, [1], null, cancellationToken)).ShouldBeTrue();
        (await TablesThatNameAsync(thing.ThingId)).ShouldBe(
            [
                "connectivity.device_credentials", "connectivity.mt_doc_record", "connectivity.mt_events",
                "connectivity.mt_streams", "connectivity.thing_states", "connectivity.things",
            ]);

        await database.Host.DeleteAsync(account, "pump");

        (await TablesThatNameAsync(thing.ThingId)).ShouldBeEmpty();
    }

    private async Task<List<string>> TablesThatNameAsync(string thingId)
    {
        var tables = await database.Host.ColumnAsync<string>(
            """
            select 'connectivity.' || relname from pg_class
            where relnamespace = 'connectivity'::regnamespace and relkind in ('r', 'p') and not relispartition
            order by relname
            """);
        var naming = new List<string>();
        foreach (var table in tables)
            if (await database.Host.ScalarAsync<long>(
                $"select count(*) from {table} as row where strpos(row::text, $1) > 0", thingId) > 0)
                naming.Add(table);
        return naming;
    }
}
