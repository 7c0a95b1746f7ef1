using Npgsql;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>Rule 3: a constraint in the database, not the code, makes storing an event twice impossible.</summary>
public sealed class StoredOnceTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    [Fact]
    public async Task The_database_refuses_a_second_event_with_the_same_id_in_any_stream_of_the_generation()
    {
        var account = await database.NewIndexedAccountAsync();
        await database.Host.CreateAsync(account, "lamp");
        await database.Host.CreateAsync(account, "door");
        var now = await database.Host.NowAsync();
        await database.Host.AppendAsync(account, Connected("lamp", now), Connected("door", now));
        var columns = await database.Host.ScalarAsync<string>(
            """
            select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
            where attrelid = 'connectivity.mt_events'::regclass and attnum > 0 and not attisdropped
                and attname not in ('seq_id', 'version', 'stream_id')
            """);

        foreach (var (stream, like) in ((string, string)[])[("lamp", "lamp"), ("door", "lamp")])
        {
            var refused = await Should.ThrowAsync<PostgresException>(() => database.Host.ExecuteAsync(
                $"""
                insert into connectivity.mt_events (seq_id, version, stream_id, {columns})
                select seq_id + 1000, version + 1000,
                    (select thing_id from connectivity.things where account = $1 and name = $2), {columns}
                from connectivity.mt_events
                where stream_id = (select thing_id from connectivity.things where account = $1 and name = $3)
                """, account.Id, stream, like));

            refused.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
            refused.ConstraintName!.ShouldContain("id");
        }
    }

    [Fact]
    public async Task Each_generation_has_partitions_and_a_sequence_of_its_own()
    {
        var one = await database.Host.TurnOnAsync(SharedDatabase.NewAccount());
        var other = await database.Host.TurnOnAsync(SharedDatabase.NewAccount());

        foreach (var generation in new[] { one, other })
            (await Stored.RelationsAsync(database.Host, generation)).ShouldBe([
                $"fleet_counts_{generation.PartitionSuffix}",
                $"mt_doc_record_{generation.PartitionSuffix}",
                $"mt_events_{generation.PartitionSuffix}",
                $"mt_events_sequence_{generation.PartitionSuffix}",
                $"mt_streams_{generation.PartitionSuffix}",
                $"thing_sessions_{generation.PartitionSuffix}",
                $"thing_states_{generation.PartitionSuffix}",
            ]);
    }
}
