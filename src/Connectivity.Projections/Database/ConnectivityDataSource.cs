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

    private const string QueryPoolName = "connectivity-queries";

    /// <summary>
    /// Statements are planned once. The partitions are empty at first, and a plan of that time must not read whole
    /// tables for ever.
    /// </summary>
    private const string SteadyPlans =
        "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
        + "-c jit=off";

    /// <summary>
    /// A connection that dies silently returns its locks before anything that waits for them gives up.
    /// </summary>
    private const string BoundedLocks =
        "-c idle_in_transaction_session_timeout=3s -c lock_timeout=4s -c tcp_user_timeout=3s";

    /// <summary>Statements of a session that are prepared, where they name the partitions of generations.</summary>
    private const int StatementsOfPartitions = 256;

    /// <summary>
    /// The session's time zone is UTC because Marten's quick append stores the database's time without a time zone.
    /// </summary>
    public static NpgsqlDataSource Create(string connectionString) =>
        Build(Common(connectionString), PoolName);

    /// <summary>The pool of ingest alone, so that its waits for locks take no connection that queries need.</summary>
    /// <param name="connections">That are open at a time; a commit waits for one that is free.</param>
    public static NpgsqlDataSource CreateForIngest(string connectionString, int connections) =>
        Build(Dedicated(connectionString, connections, $"{SteadyPlans} {BoundedLocks}"), IngestPoolName);

    /// <summary>The pool of connectivity queries alone, so that no other work delays them.</summary>
    /// <param name="connections">That are open at a time.</param>
    public static NpgsqlDataSource CreateForQueries(string connectionString, int connections) =>
        Build(Dedicated(connectionString, connections, SteadyPlans), QueryPoolName);

    private static NpgsqlConnectionStringBuilder Dedicated(string connectionString, int connections, string settings)
    {
        var connection = Common(connectionString);
        connection.MaxAutoPrepare = StatementsOfPartitions;
        connection.MaxPoolSize = connections;
        connection.MinPoolSize = Math.Min(connection.MinPoolSize, connections);
        connection.Options = $"{connection.Options} {settings}".Trim();
        return connection;
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
