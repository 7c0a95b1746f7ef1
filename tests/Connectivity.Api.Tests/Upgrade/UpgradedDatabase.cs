using Connectivity.Api.Tests.Fixtures;
using Npgsql;

namespace Connectivity.Api.Tests.Upgrade;

/// <summary>A session that a gateway node holds open.</summary>
internal sealed record OpenSession(string ClientId, string SessionIdentifier, DateTimeOffset ConnectedAt);

/// <summary>The host's database, before and after the upgrade.</summary>
internal sealed class UpgradedDatabase(string connectionString)
{
    /// <summary>
    /// How many requests an account may still send at the moment, which differs with every request; and the counts of
    /// fleets, which are joined in the background.
    /// </summary>
    private const string Varying = "'throttle_buckets', 'fleet_counts', 'fleet_count_changes'";

    /// <summary>The tenants of current generations, as the earlier release names them.</summary>
    private const string CurrentTenants =
        "select account || '.' || region || '.' || generation from connectivity.indexing where generation is not null";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string ConnectionString => connectionString;

    /// <summary>
    /// The stored events by id, each with its stream, version, type, time and data as one text; without whether it was
    /// late, which earlier releases did not store.
    /// </summary>
    /// <param name="where">A <c>where</c> clause; empty for all events.</param>
    public async Task<IReadOnlyDictionary<string, string>> EventsAsync(string where = "") =>
        (await ReadAsync(
            $"""
            select id::text,
                   concat_ws(' ', stream_id, version, type, timestamp at time zone 'UTC', (data - 'late')::text)
            from connectivity.mt_events {where}
            """, row => (Id: row.GetString(0), Text: row.GetString(1)))).ToDictionary(row => row.Id, row => row.Text);

    /// <summary>The events of current generations; to be read before the upgrade.</summary>
    public Task<IReadOnlyDictionary<string, string>> CurrentEventsAsync() =>
        EventsAsync($"where tenant_id in ({CurrentTenants})");

    public Task<IReadOnlyList<OpenSession>> OpenSessionsAsync() => ReadAsync(
        "select client_id, session_identifier, connected_at from connectivity.gateway_sessions",
        row => new OpenSession(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)));

    /// <summary>When each gateway node last renewed its lease.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> LeasesAsync() =>
        (await ReadAsync(
            "select node_id, renewed_at from connectivity.gateway_nodes",
            row => (Id: row.GetString(0), RenewedAt: row.GetFieldValue<DateTimeOffset>(1))))
        .ToDictionary(row => row.Id, row => row.RenewedAt);

    /// <summary>The tables of ended generations that are not purged; to be read before the upgrade.</summary>
    public Task<IReadOnlyList<string>> TablesOfEndedGenerationsAsync() => ReadAsync(
        $"""
        select relname::text from pg_class
        join connectivity.mt_tenant_partitions on relname like '%\_' || partition_suffix
        where relnamespace = 'connectivity'::regnamespace and relkind = 'r'
          and partition_value not in ({CurrentTenants})
        """, row => row.GetString(0));

    public Task<IReadOnlyList<string>> TablesAsync() => ReadAsync(
        """
        select relname::text from pg_class
        where relnamespace = 'connectivity'::regnamespace and relkind in ('r', 'p')
        """, row => row.GetString(0));

    /// <summary>Messages that wait to be handled, and those that failed.</summary>
    public Task<IReadOnlyList<string>> PendingMessagesAsync() => ReadAsync(
        """
        select message_type from wolverine.wolverine_incoming_envelopes where status <> 'Handled'
        union all select message_type from wolverine.wolverine_dead_letters
        """, row => row.GetString(0));

    /// <summary>The schema as text: each row, and each column, index, constraint, sequence and function.</summary>
    public async Task<IReadOnlyList<string>> ImageAsync()
    {
        var tables = await ReadAsync(
            $"""
            select relname::text from pg_class
            where relnamespace = 'connectivity'::regnamespace and relkind in ('r', 'p') and not relispartition
              and relname not in ({Varying})
            """, row => row.GetString(0));
        var image = new List<string>();
        foreach (var table in tables)
            image.AddRange(await ReadAsync(
                $"""select '{table} ' || row::text from connectivity."{table}" as row""", row => row.GetString(0)));
        image.AddRange(await ReadAsync(
            """
            select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
            from information_schema.columns where table_schema = 'connectivity'
            union all select 'index ' || indexdef from pg_indexes where schemaname = 'connectivity'
            union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'connectivity'::regnamespace
            union all select format('sequence %s %s', sequencename, last_value)
            from pg_sequences where schemaname = 'connectivity'
            union all select 'function ' || pg_get_functiondef(oid)
            from pg_proc where pronamespace = 'connectivity'::regnamespace
            """, row => row.GetString(0)));
        return [.. image.Order(StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = await StoredData.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(Ct)) rows.Add(read(reader));
        return rows;
    }
}
