using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>The pool of connections as every part of the house uses it, on which nothing waits for ever: <see cref="DatabaseLimits"/>.</summary>
public static class ConnectivityDataSource
{
    /// <summary>The session's time zone is UTC because Marten's quick append stores the database's time without one.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timezone = "UTC",
            ApplicationName = "connectivity",
            MaxAutoPrepare = 64,
            // The server's detail of an error is the row, with its addresses, and a log of the error would contain it.
            IncludeErrorDetail = false,
        };
        DatabaseLimits.Apply(connection);
        return new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
    }
}
