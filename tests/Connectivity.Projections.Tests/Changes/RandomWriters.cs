using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Tests.Changes;

/// <summary>
/// Transactions that append as the log does, but take their time: between the id of the transaction, the number of the
/// event and the commit, or the rollback, others come first.
/// </summary>
internal sealed class RandomWriters(StoreHost host, Account account, Generation generation, int seed)
{
    private const int Writers = 8;
    private const int TransactionsOfWriter = 40;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));

    private async Task WriteAsync(int writer)
    {
        var random = new Random(seed + writer);
        await using var connection = await host.DataSource.OpenConnectionAsync(Ct);
        for (var i = 0; i < TransactionsOfWriter; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            if (random.Next(2) == 0) await ExecuteAsync(connection, "select txid_current()");
            await StallAsync(connection, random);
            await using (var locks = new NpgsqlBatch(connection)
            { BatchCommands = { AppendLock.Take(account, waits: true) } })
                await locks.ExecuteNonQueryAsync(Ct);
            await using var next = new NpgsqlCommand(
                $"select nextval('{generation.Partition(ConnectivitySchema.EventsSequence)}')", connection);
            var number = (long)(await next.ExecuteScalarAsync(Ct))!;
            await StallAsync(connection, random);
            await ExecuteAsync(
                connection,
                $$"""
                insert into {{ConnectivitySchema.Events}}
                    (seq_id, id, stream_id, version, data, type, tenant_id)
                values ($1, gen_random_uuid(), $2, $3, $4::text::jsonb, '{{ConnectivityStore.ThingConnectedName}}', $5)
                """, number, $"writer-{writer}", (long)i + 1, Data(writer, i), generation.TenantId);
            await StallAsync(connection, random);
            if (random.Next(5) == 0) await transaction.RollbackAsync(Ct);
            else await transaction.CommitAsync(Ct);
        }
    }

    private static string Data(int writer, int version) =>
        $$$"""
        {"clientId": "writer-{{{writer}}}", "occurredAt": "2026-03-01T00:00:00+00:00",
         "connection": {"source": "http", "sessionIdentifier": "s", "versionNumber": {{{version}}} }}
        """;

    /// <summary>Work of other kinds, of up to some milliseconds, in the database.</summary>
    private static Task StallAsync(NpgsqlConnection connection, Random random) =>
        ExecuteAsync(connection, "select pg_sleep($1)", random.NextDouble() * random.NextDouble() * 0.02);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(values);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
