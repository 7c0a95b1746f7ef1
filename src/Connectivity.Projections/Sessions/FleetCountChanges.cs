using Connectivity.Domain.History;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>
/// What transactions add to the counts of fleets: one row for each, that no other transaction waits for. They are joined
/// to the counts in the background; until then, whoever reads counts reads both.
/// </summary>
public sealed class FleetCountChanges(NpgsqlDataSource dataSource)
{
    private const int RowsAtOnce = 2_000;

    private const string Columns = "(tenant_id, measures, minutes, states, numbers)";

    /// <summary>Writes them in the transaction in which the session is saved.</summary>
    internal static void Queue(IDocumentSession session, Generation generation, FleetCounts counts)
    {
        var changes = counts.Changes.ToArray();
        if (changes.Length == 0) return;
        session.QueueSqlCommand(
            $"insert into {SessionTables.CountChangesName} {Columns} values (?, ?, ?, ?, ?)",
            generation.TenantId, Measures(changes), Minutes(changes), States(changes), Numbers(changes));
    }

    /// <summary>The command that adds them.</summary>
    internal static NpgsqlBatchCommand Insert(Generation generation, FleetCounts counts)
    {
        var changes = counts.Changes.ToArray();
        return new NpgsqlBatchCommand(
            $"insert into {SessionTables.CountChangesName} {Columns} values ($1, $2, $3, $4, $5)").With(
                generation.TenantId, Measures(changes), Minutes(changes), States(changes), Numbers(changes));
    }

    internal static NpgsqlBatchCommand Delete(string tenantId) =>
        new NpgsqlBatchCommand($"delete from {SessionTables.CountChangesName} where tenant_id = $1").With(tenantId);

    /// <summary>
    /// The SQL of the rows <c>(measure, minute, state, number)</c> whose sums are the counts of a generation: those that
    /// are joined and those that are not. Of minute <c>infinity</c>: what the present state is, as far as joined.
    /// </summary>
    internal static string AllOf(Generation generation) =>
        $"""
        (select measure, minute, state, number from {generation.Partition(SessionTables.CountsName)}
         union all
         select * from {PendingOf(generation)}) as count
        """;

    /// <summary>Of these rows those that are not joined.</summary>
    internal static string PendingOf(Generation generation) =>
        $"""
        (select c.* from {SessionTables.CountChangesName}
         cross join lateral unnest(measures, minutes, states, numbers) as c(measure, minute, state, number)
         where tenant_id = '{generation.TenantId.Replace("'", "''")}') as pending
        """;

    /// <summary>
    /// Joins those of all generations, some thousand at a time. Where another host does, it does nothing.
    /// </summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        while (await JoinSomeAsync(cancellationToken) == RowsAtOnce)
        {
        }
    }

    private async Task<long> JoinSomeAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with taken as (
                delete from {SessionTables.CountChangesName}
                where ctid = any(array(
                    select ctid from {SessionTables.CountChangesName}
                    where pg_try_advisory_xact_lock(hashtextextended('{SessionTables.CountChangesName}', 0))
                    limit {RowsAtOnce}))
                returning *),
            change as (
                select tenant_id, measure, minute, state, number
                from taken cross join lateral unnest(measures, minutes, states, numbers)
                    as c(measure, minute, state, number)),
            -- What ended with its generation is not kept.
            joined as (
                select change.tenant_id, measure, minute, state, sum(number) as number
                from (
                    select * from change
                    union all select tenant_id, measure, 'infinity', state, number from change
                    where measure = {(short)FleetMeasure.StateByRecordedAt}) as change
                join {IndexingTable.Name} as indexing using (tenant_id)
                group by 1, 2, 3, 4 having sum(number) <> 0),
            stored as (
                insert into {SessionTables.CountsName} as count (tenant_id, measure, minute, state, number)
                select * from joined
                on conflict (tenant_id, measure, minute, state) do update set number = count.number + excluded.number)
            select count(*) from taken
            """);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static short[] Measures(KeyValuePair<FleetCount, int>[] changes) =>
        Array.ConvertAll(changes, change => (short)change.Key.Measure);

    private static DateTimeOffset[] Minutes(KeyValuePair<FleetCount, int>[] changes) =>
        Array.ConvertAll(changes, change => change.Key.Minute);

    private static string[] States(KeyValuePair<FleetCount, int>[] changes) =>
        Array.ConvertAll(changes, change => change.Key.State);

    private static int[] Numbers(KeyValuePair<FleetCount, int>[] changes) =>
        Array.ConvertAll(changes, change => change.Value);
}
