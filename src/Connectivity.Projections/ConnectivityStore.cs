using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.Holds;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Lifecycle.Rebuild;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Connectivity.Projections.StoredForm;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Connectivity.Projections;

/// <summary>Everything that is stored, and how: the table of contents of the database.</summary>
public static class ConnectivityStore
{
    /// <summary>The names events are stored under. They never change: later releases read the same streams.</summary>
    public const string ThingConnectedName = "thing_connected";

    /// <inheritdoc cref="ThingConnectedName"/>
    public const string ThingDisconnectedName = "thing_disconnected";

    /// <summary>What this project stores, one line for each; other projects add their own.</summary>
    public static readonly StoreContents Contents = new()
    {
        GenerationTables =
        [
            new GenerationTable(ConnectivitySchema.Records, "id"),
            new GenerationTable(SessionTables.SessionsName, "thing_id", "uuid"),
            new GenerationTable(SessionTables.StatesName, "thing_id", "uuid"),
            new GenerationTable(SessionTables.CountsName, ThingIdColumn: null),
            new GenerationTable(ConnectivitySchema.Events, "stream_id"),
            new GenerationTable(ConnectivitySchema.Streams, "id"),
        ],
        EndWithGeneration =
        [
            tenantId => new NpgsqlBatchCommand(
                $"delete from {ConnectivitySchema.Progression} where right(name, length($1) + 1) = ':' || $1")
                .With(tenantId),
            RebuildPositions.Delete,
            FleetCountChanges.Delete,
            tenantId => new NpgsqlBatchCommand(
                $"delete from {ConnectivitySchema.TenantPartitions} where partition_value = $1").With(tenantId),
        ],
        TakeBackOfThing = [FleetCountsOfThing.TakeBackAsync],
        SchemaObjects =
        [
            RegistryTables.Things(),
            RegistryTables.DeletedThings(),
            IndexingTable.Generations(),
            IndexingTable.Indexing(),
            GatewayTables.Nodes(),
            GatewayTables.Sessions(),
            RebuildPositions.Definition(),
            LegalHolds.Definition(),
            SessionTables.Sessions(),
            SessionTables.States(),
            SessionTables.Counts(),
            SessionTables.CountChanges(),
        ],
    };

    public static void Configure(StoreOptions options, StoreContents contents)
    {
        options.DatabaseSchemaName = ConnectivitySchema.Name;
        // The schema is brought up to date once, when the host starts.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json =>
        {
            StoredJsonConverters.AddTo(json);
        });

        // Events are appended in a transaction that is opened outside Marten: a failed command of it, even a read,
        // can't be retried alone.
        options.ConfigurePolly(_ => { });
        options.ConfigureWritePolly(_ => { });

        // A tenant is a generation, with partitions of its own: turning indexing off only drops tables.
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.UseTenantPartitionedEvents = true;
        options.Events.EnableBigIntEvents = true;
        options.Policies.PartitionMultiTenantedDocumentsUsingMartenManagement(ConnectivitySchema.Name);

        // The database's clock, not the host's, gives the time at which an event was recorded.
        options.Events.AppendMode = EventAppendMode.Quick;
        // Makes storing an event twice impossible.
        options.Events.EnableUniqueIndexOnEventId = true;
        StoredEventType.Map<ThingConnected>(options, ThingConnectedName);
        StoredEventType.Map<ThingDisconnected>(options, ThingDisconnectedName);

        options.Schema.For<ConnectivityRecord>()
            .DocumentAlias(ConnectivitySchema.RecordAlias).Identity(record => record.ThingId).MultiTenanted();
        options.Projections.Add(new ConnectivityRecordProjection(), ProjectionLifecycle.Inline);

        options.Storage.ExtendedSchemaObjects.AddRange(contents.SchemaObjects);
    }

    /// <summary>
    /// Brings the schema up to date, before anything uses it. Hosts that start at the same time wait for each other. A
    /// migration of large tables may take long: its commands have no timeout.
    /// </summary>
    public static async Task BringSchemaUpToDateAsync(
        string connectionString, StoreContents contents, CancellationToken cancellationToken)
    {
        var unlimited = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 };
        await using var dataSource = ConnectivityDataSource.Create(unlimited.ConnectionString);
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(dataSource);
            Configure(options, contents);
        });
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SchemaLock.TakeAsync(connection, cancellationToken);
        await GatewayUpgrade.PrepareAsync(dataSource, cancellationToken);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        await EventTimeDefault.CorrectAsync(dataSource, cancellationToken);
        await IndexingTable.StoreFormerTenantIdsAsync(dataSource, cancellationToken);
        await new SessionUpgrade(store, dataSource, contents).RunAsync(cancellationToken);
    }
}
