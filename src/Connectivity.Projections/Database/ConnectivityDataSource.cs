using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// The connection pool of all parts of the project, with bounded waits: <see cref="DatabaseLimits"/>.
/// </summary>
public static class ConnectivityDataSource
{
    /// <summary>The name of the pool in metrics.</summary>
    private const string PoolName = "connectivity";

    /// <summary>
    /// The session's time zone is UTC because Marten's quick append stores the database's time without a time zone.
    /// </summary>
    public static NpgsqlDataSource Create(string connectionString)
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
        // Without a name, metrics would carry the connection string as a label.
        return new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = PoolName }.Build();
    }
}
