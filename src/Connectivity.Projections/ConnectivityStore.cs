using System.Text.Json.Serialization;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Access;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Records;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Throttling;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Weasel.Core;
using Npgsql;

namespace Connectivity.Projections;

/// <summary>Everything that is stored, and how: the page of contents of the database.</summary>
public static class ConnectivityStore
{
    /// <summary>The schema of every table but Wolverine's.</summary>
    public const string Schema = "connectivity";

    /// <summary>The names events are stored under. They never change: a stream outlives every release.</summary>
    public const string ThingConnectedName = "thing_connected";

    /// <inheritdoc cref="ThingConnectedName"/>
    public const string ThingDisconnectedName = "thing_disconnected";

    public static void Configure(StoreOptions options)
    {
        options.DatabaseSchemaName = Schema;
        // The schema is brought up to date once, when the host starts.
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json =>
        {
            // Only facts are stored: what an event or a record derives is derived again when it is read.
            json.IgnoreReadOnlyProperties = true;
            json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });

        // Events are appended in a transaction that began before Marten: a command of it that failed, be it a read, can't be tried again alone.
        options.ConfigurePolly(_ => { });
        options.ConfigureWritePolly(_ => { });

        // A tenant is a generation, with partitions of its own: turning indexing off costs the dropping of tables.
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.UseTenantPartitionedEvents = true;
        options.Events.EnableBigIntEvents = true;
        options.Policies.PartitionMultiTenantedDocumentsUsingMartenManagement(Schema);

        // The database's clock, not the host's, says when an event was recorded.
        options.Events.AppendMode = EventAppendMode.Quick;
        // Storing an event twice is impossible.
        options.Events.EnableUniqueIndexOnEventId = true;
        options.Events.MapEventType<ThingConnected>(ThingConnectedName);
        options.Events.MapEventType<ThingDisconnected>(ThingDisconnectedName);

        options.Schema.For<ConnectivityRecord>().DocumentAlias(RecordTable.Alias).Identity(record => record.ThingId).MultiTenanted();
        options.Projections.Add(new ConnectivityRecordProjection(), ProjectionLifecycle.Inline);

        options.Storage.ExtendedSchemaObjects.Add(RegistryTables.Things());
        options.Storage.ExtendedSchemaObjects.Add(RegistryTables.FormerThings());
        options.Storage.ExtendedSchemaObjects.Add(IndexingTable.Generations());
        options.Storage.ExtendedSchemaObjects.Add(IndexingTable.Indexing());
        options.Storage.ExtendedSchemaObjects.Add(AccessTables.Users());
        options.Storage.ExtendedSchemaObjects.Add(AccessTables.Keys());
        options.Storage.ExtendedSchemaObjects.Add(AccessTables.Policies());
        options.Storage.ExtendedSchemaObjects.Add(AccessTables.DeviceCredentials());
        options.Storage.ExtendedSchemaObjects.Add(ThrottleTables.Limits());
        options.Storage.ExtendedSchemaObjects.Add(ThrottleTables.Buckets());
    }

    /// <summary>Brings the schema up to date, before anything uses it. Hosts that start together wait for each other.</summary>
    public static async Task BringSchemaUpToDateAsync(
        IDocumentStore store, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SchemaLock.TakeAsync(connection, cancellationToken);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
    }

    /// <summary>
    /// A pool of connections as every part of the house uses it. The session's time zone is UTC because Marten's quick append stores
    /// the database's time without one.
    /// </summary>
    public static NpgsqlDataSource DataSource(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timezone = "UTC",
            ApplicationName = "connectivity",
            MaxAutoPrepare = 64,
            // What the server says of a fault in detail is the row, with its addresses, and whoever logs the fault would tell it.
            IncludeErrorDetail = false,
        };
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }
}
