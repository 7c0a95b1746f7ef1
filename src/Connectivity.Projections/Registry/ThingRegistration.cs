using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Registry;

/// <summary>Registers many things at once, without attributes.</summary>
public sealed class ThingRegistration(NpgsqlDataSource dataSource)
{
    /// <summary>Registers those names that no thing has. Idempotent.</summary>
    /// <returns>The number of things that were created.</returns>
    public async Task<int> RunAsync(
        Account account, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In one order, so that two registrations do not deadlock.
        string[] ordered = [.. names.Order(StringComparer.Ordinal)];
        var created = await InsertAsync(connection, account, ordered, cancellationToken);
        if (created.Count == 0) return 0;
        await using var begin = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Begin(account, [.. created]),
            },
        };
        foreach (var name in created)
            begin.BatchCommands.Add(IndexedPeriodStarted.Channel.Notify(new IndexedPeriodStarted(account, name)));
        await begin.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return created.Count;
    }

    /// <summary>
    /// Things that were just inserted begin now, and remember when a thing of their name ended. Separate from the insert,
    /// which may have waited for a deletion of a name: only a later statement sees it.
    /// </summary>
    internal static NpgsqlBatchCommand Begin(Account account, string[] names) => new NpgsqlBatchCommand(
        $"""
        update {RegistryTables.ThingsName} as thing set
            created_at = clock_timestamp(), former_life_ended_at = (
                select deleted_at from {RegistryTables.DeletedThingsName} as deleted
                where deleted.account = $1 and deleted.region = $2 and deleted.name = thing.name
                  and deleted_at > clock_timestamp() - $4)
        where account = $1 and region = $2 and name = any($3)
        """).With(account.Id, account.Region, names, IndexedPeriod.Memory);

    private static async Task<List<string>> InsertAsync(
        NpgsqlConnection connection, Account account, string[] names, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand(
            $"""
            insert into {RegistryTables.ThingsName} (account, region, name, thing_id, attributes, version, created_at)
            select $1, $2, name, gen_random_uuid()::text, '{"{}"}', 1, clock_timestamp()
            from unnest($3::text[]) with ordinality as given(name, n) order by n
            on conflict do nothing
            returning name
            """, connection).With(account.Id, account.Region, (object)names);
        await using var reader = await insert.ExecuteReaderAsync(cancellationToken);
        var created = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) created.Add(reader.GetString(0));
        return created;
    }
}
