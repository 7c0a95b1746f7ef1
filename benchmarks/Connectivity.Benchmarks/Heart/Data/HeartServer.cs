using System.Globalization;
using Connectivity.LocalPostgres;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Data;

/// <summary>
/// The PostgreSQL of a benchmark's directory, durable as in production. Data sets are databases that stay; each
/// measurement has a copy of its own.
/// </summary>
public sealed class HeartServer : IAsyncDisposable
{
    private readonly LocalPostgresCluster _cluster;

    private HeartServer(string directory, LocalPostgresCluster cluster) =>
        (Directory, _cluster) = (directory, cluster);

    /// <summary>The absolute path of the benchmark's directory.</summary>
    public string Directory { get; }

    /// <summary>The process id of the server's main process.</summary>
    public int ProcessId => int.Parse(
        File.ReadLines(Path.Combine(_cluster.Directory, "data", "postmaster.pid")).First(),
        CultureInfo.InvariantCulture);

    public static async Task<HeartServer> StartAsync(string directory)
    {
        var path = System.IO.Directory.CreateDirectory(directory);
        // Where this process is root, PostgreSQL runs as another user, who must be able to traverse the directory.
        if (!OperatingSystem.IsWindows())
            path.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var options = new LocalPostgresOptions(path.FullName);
        return new(path.FullName, await LocalPostgresCluster.StartAsync(options, CancellationToken.None));
    }

    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(_cluster.ConnectionString)
        {
            Database = database,
            CommandTimeout = 0,
        }.ConnectionString;

    /// <summary>The connection string of a host, whose timeouts are those of production.</summary>
    public string HostConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = database }.ConnectionString;

    /// <param name="template">The database to copy; null for an empty one.</param>
    public async Task CreateAsync(string database, string? template = null)
    {
        await DropAsync(database);
        await ExecuteAsync(
            $"create database {database}" + (template is null ? "" : $" template {template} strategy file_copy"));
    }

    public Task DropAsync(string database) => ExecuteAsync($"drop database if exists {database} with (force)");

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        // Copying a database requires that nothing is connected to it.
        NpgsqlConnection.ClearAllPools();
        await Sql.ExecuteAsync(ConnectionString("postgres"), sql);
    }
}
