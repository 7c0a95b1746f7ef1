using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// The connection pools of all parts of the project, with bounded waits: <see cref="DatabaseLimits"/>.
/// </summary>
public static class ConnectivityDataSource
{
    /// <summary>The name of the pool in metrics.</summary>
    private const string PoolName = "connectivity";

    private const string IngestPoolName = "connectivity-ingest";

    /// <summary>
    /// Settings of the sessions of ingest. A connection that dies silently returns its locks before anything that waits
    /// for them gives up. Statements are planned once: the partitions are empty at first, and a plan of that time must
    /// not read whole tables for ever.
    /// </summary>
    private const string IngestSettings =
        """
        -c idle_in_transaction_session_timeout=3s -c lock_timeout=4s -c tcp_user_timeout=3s
        -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off
        -c jit=off
        """;

    /// <summary>
    /// The session's time zone is UTC because Marten's quick append stores the database's time without a time zone.
    /// </summary>
    public static NpgsqlDataSource Create(string connectionString) =>
        Build(Common(connectionString), PoolName);

    /// <summary>The pool of ingest alone, so that its waits for locks take no connection that queries need.</summary>
    /// <param name="connections">That are open at a time; a commit waits for one that is free.</param>
    public static NpgsqlDataSource CreateForIngest(string connectionString, int connections)
    {
        var connection = Common(connectionString);
        // Statements name the partitions of their generation.
        connection.MaxAutoPrepare = 256;
        connection.MaxPoolSize = connections;
        connection.MinPoolSize = Math.Min(connection.MinPoolSize, connections);
        connection.Options = $"{connection.Options} {IngestSettings.ReplaceLineEndings(" ")}".Trim();
        return Build(connection, IngestPoolName);
    }

    private static NpgsqlConnectionStringBuilder Common(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timezone = "UTC",
            ApplicationName = "connectivity",
            MaxAutoPrepare = 64,
            // The server's error detail contains the row, with its addresses, and would be logged.
            IncludeErrorDetail = false,
        };
        DatabaseLimits.Apply(connection);
        return connection;
    }

    // Without a name, metrics would carry the connection string as a label.
    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder connection, string name) =>
        new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = name }.Build();
}
