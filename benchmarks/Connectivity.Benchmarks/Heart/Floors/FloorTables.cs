using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Floors;

/// <summary>
/// Tables of the shape that the store has: events with three unique indexes, streams, and records, filled with the same
/// rows. What plain SQL reaches on them is the floor of ingest.
/// </summary>
public static class FloorTables
{
    public const string Events = "floor.events";

    public static async Task CreateAsync(string connectionString)
    {
        await Sql.ExecuteAsync(
            connectionString,
            $"""
            create schema floor;
            create sequence floor.numbers;
            create table {Events} (
                seq_id bigint not null default nextval('floor.numbers'), id uuid not null, stream_id text not null,
                version bigint not null, data jsonb not null, type text not null, timestamp timestamptz not null,
                tenant_id text not null, is_archived boolean not null);
            create table floor.streams (
                tenant_id text not null, id text not null, version bigint not null, timestamp timestamptz not null,
                primary key (tenant_id, id));
            create table floor.records (
                tenant_id text not null, id text not null, data jsonb not null, timestamp timestamptz not null,
                version bigint not null, primary key (tenant_id, id));
            insert into {Events} (id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
                select id, stream_id, version, data, type, timestamp, '1', false from {ConnectivitySchema.Events};
            insert into floor.streams select '1', id, version, now() from {ConnectivitySchema.Streams};
            insert into floor.records select '1', id, data, now(), 1 from {ConnectivitySchema.Records};
            alter table {Events} add primary key (tenant_id, seq_id);
            create unique index on {Events} (tenant_id, id);
            create unique index on {Events} (tenant_id, stream_id, version);
            """);
        await Sql.ExecuteAsync(connectionString, "vacuum analyze floor.events, floor.streams, floor.records");
    }
}
