using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.StoredForm;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>Loads what a decision needs of streams: their versions and records, and which events they have.</summary>
internal static class StoredStreams
{
    public static async Task<(Dictionary<string, StoredStream> Streams, HashSet<Guid> Stored)> LoadAsync(
        NpgsqlConnection connection, Generation? generation, IReadOnlyList<AdmittedEvent> admitted)
    {
        var streams = new Dictionary<string, StoredStream>();
        var stored = new HashSet<Guid>();
        if (admitted.Count == 0) return (streams, stored);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    $"""
                    select stream.id, stream.version, stream.timestamp, record.data
                    from {generation!.Partition(ConnectivitySchema.Streams)} as stream
                    left join {generation.Partition(ConnectivitySchema.Records)} as record
                        on record.tenant_id = $1 and record.id = stream.id
                    where stream.tenant_id = $1 and stream.id = any($2)
                    """).With(generation.TenantId, admitted.Select(item => item.ThingId).Distinct().ToArray()),
                new NpgsqlBatchCommand(
                    $"""
                    select id from {generation.Partition(ConnectivitySchema.Events)}
                    where tenant_id = $1 and id = any($2)
                    """).With(generation.TenantId, admitted.Select(item => item.Identified.Id).ToArray()),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var thingId = reader.GetString(0);
            streams.Add(thingId, new StoredStream(
                reader.GetInt64(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3)
                    ? ConnectivityRecord.NeverConnected(thingId)
                    : StoredRecordJson.Read(reader.GetFieldValue<byte[]>(3))));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync()) stored.Add(reader.GetGuid(0));
        return (streams, stored);
    }
}
