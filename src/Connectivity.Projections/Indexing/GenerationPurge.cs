using Marten;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Removes the streams and records of a generation that has ended, by dropping its partitions. Names the one life it removes, and can't
/// touch the next. Repeating it is safe.
/// </summary>
public sealed class GenerationPurge(IDocumentStore store, NpgsqlDataSource dataSource)
{
    /// <summary>Returns how many streams, one for each thing, and events were removed.</summary>
    public async Task<(long Things, long Events)> RunAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var count = dataSource.CreateCommand(
            $"""
            select (select count(*) from {ConnectivityStore.Schema}.mt_streams where tenant_id = $1),
                   (select count(*) from {ConnectivityStore.Schema}.mt_events where tenant_id = $1)
            """).With(generation.TenantId);
        count.CommandTimeout = 0;
        long things, events;
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (things, events) = (reader.GetInt64(0), reader.GetInt64(1));
        }

        await store.Advanced.DeleteAllTenantDataAsync(generation.TenantId, cancellationToken);
        // Marten drops the sequence only of a tenant that this process itself has seen begin.
        await using var sequence = dataSource.CreateCommand(
            $"drop sequence if exists {ConnectivityStore.Schema}.mt_events_sequence_{generation.PartitionSuffix}");
        await sequence.ExecuteNonQueryAsync(cancellationToken);
        return (things, events);
    }
}
