using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.StoredForm;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// The statement that answers many queries: one for each account, all in one round trip. It names the partition of the
/// account's generation, so that it locks no other and is planned once; it reads the generation in the same snapshot,
/// and is repeated for another partition where the generation is another one.
/// </summary>
internal sealed class ConnectivityStatement(NpgsqlDataSource dataSource)
{
    /// <summary>The last generation read of each account: never an answer, only the partition to look in.</summary>
    private readonly ConcurrentDictionary<Account, Generation?> _expected = new();

    /// <summary>Answers the questions, in order.</summary>
    public async Task<IReadOnlyList<ThingConnectivity>> ReadAsync(IReadOnlyList<AskedThing> asked)
    {
        var answers = new ThingConnectivity[asked.Count];
        var open = Enumerable.Range(0, asked.Count).GroupBy(i => asked[i].Account)
            .Select(account => (Account: account.Key, Positions: account.ToArray())).ToList();
        while (open.Count > 0)
        {
            try
            {
                open = await LostConnections.RepeatAsync(dataSource, () => ReadAsync(asked, open, answers));
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // The generation has ended, and its partition is gone.
                foreach (var (account, _) in open) _expected[account] = null;
            }
        }

        return answers;
    }

    /// <summary>Returns the accounts whose generation is another one than was expected.</summary>
    private async Task<List<(Account Account, int[] Positions)>> ReadAsync(
        IReadOnlyList<AskedThing> asked, List<(Account Account, int[] Positions)> accounts,
        ThingConnectivity[] answers)
    {
        await using var batch = dataSource.CreateBatch();
        var expected = accounts.ConvertAll(account => _expected.GetValueOrDefault(account.Account));
        for (var i = 0; i < accounts.Count; i++)
            batch.BatchCommands.Add(Command(
                accounts[i].Account, expected[i], Array.ConvertAll(accounts[i].Positions, position => asked[position].Name)));
        await using var reader = await batch.ExecuteReaderAsync();
        var moved = new List<(Account, int[])>();
        for (var i = 0; i < accounts.Count; i++)
        {
            var (account, positions) = accounts[i];
            var generation = await ReadAsync(reader, account, positions, answers);
            if (generation != expected[i])
            {
                _expected[account] = generation;
                if (generation is not null) moved.Add(accounts[i]);
            }

            await reader.NextResultAsync();
        }

        return moved;
    }

    private static NpgsqlBatchCommand Command(Account account, Generation? expected, string[] names) =>
        new NpgsqlBatchCommand(
            $"""
            select asked.position, indexing.generation, indexing.tenant_id, indexing.configuration, things.thing_id,
                {(expected is null ? "null::jsonb" : "record.data")}
            from unnest($3::text[]) with ordinality as asked(name, position)
            left join {IndexingTable.Name} as indexing on indexing.account = $1 and indexing.region = $2
            left join {RegistryTables.ThingsName} as things
                on things.account = $1 and things.region = $2 and things.name = asked.name
            {(expected is null ? "" :
                $"""
                left join {expected.Partition(ConnectivitySchema.Records)} as record
                    on record.tenant_id = '{expected.TenantId}' and record.id = things.thing_id
                """)}
            """).With(account.Id, account.Region, names);

    /// <summary>Returns the generation that was read.</summary>
    private async Task<Generation?> ReadAsync(
        NpgsqlDataReader reader, Account account, int[] positions, ThingConnectivity[] answers)
    {
        Generation? generation = null;
        bool? releasesSocketInformation = null;
        while (await reader.ReadAsync())
        {
            generation = IndexingTable.ReadGeneration(reader, account, 1);
            releasesSocketInformation ??= generation is not null
                && IndexingTable.ReadConfiguration(reader, 3).ReleasesSocketInformation;
            var thingId = reader.IsDBNull(4) ? null : reader.GetString(4);
            answers[positions[reader.GetInt64(0) - 1]] = new ThingConnectivity(
                generation is not null,
                releasesSocketInformation.Value,
                thingId,
                generation is null || thingId is null ? null
                    : reader.IsDBNull(5) ? ConnectivityRecord.NeverConnected(thingId)
                    : StoredRecordJson.Read(reader.GetFieldValue<byte[]>(5)));
        }

        return generation;
    }
}
