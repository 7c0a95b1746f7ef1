using Connectivity.Domain;
using Connectivity.Domain.Indexing;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// A thing's connectivity: the indexing state of its account, its registration and its record, all from one snapshot.
/// </summary>
/// <param name="IsIndexed">Whether connectivity indexing is on in the account.</param>
/// <param name="ReleasesSocketInformation">Whether the account's configuration opts in to socket information.</param>
/// <param name="ThingId">Null where no thing has the name.</param>
/// <param name="Record">Null where no thing has the name or indexing is off.</param>
public sealed record ThingConnectivity(
    bool IsIndexed, bool ReleasesSocketInformation, string? ThingId, ConnectivityRecord? Record);

/// <summary>
/// Reads a thing's connectivity in a single statement, so that its three parts are from one snapshot.
/// </summary>
public sealed class ConnectivityQuery(IDocumentStore store, NpgsqlDataSource dataSource, WriteAvailability writes)
{
    /// <exception cref="WritesRefusedException">The record may be stale.</exception>
    public async Task<ThingConnectivity> GetAsync(
        Account account, string thingName, CancellationToken cancellationToken)
    {
        writes.ThrowIfRefused();
        await using var command = dataSource.CreateCommand(
            $"""
            select indexing.generation is not null, indexing.configuration, things.thing_id, record.data
            from (select $1 as account, $2 as region) as asked
            left join {IndexingTable.Name} as indexing
                on indexing.account = asked.account and indexing.region = asked.region
            left join {RegistryTables.ThingsName} as things
                on things.account = asked.account and things.region = asked.region and things.name = $3
            left join {ConnectivitySchema.Records} as record
                on record.tenant_id = {Generation.TenantIdSql("indexing")} and record.id = things.thing_id
            """).With(account.Id, account.Region, thingName);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var isIndexed = reader.GetBoolean(0);
        var thingId = reader.IsDBNull(2) ? null : reader.GetString(2);
        return new ThingConnectivity(
            isIndexed,
            isIndexed
            && store.Options.Serializer().FromJson<IndexingConfiguration>(reader, 1).ReleasesSocketInformation,
            thingId,
            !isIndexed || thingId is null ? null
                : reader.IsDBNull(3) ? ConnectivityRecord.NeverConnected(thingId)
                : store.Options.Serializer().FromJson<ConnectivityRecord>(reader, 3));
    }
}
