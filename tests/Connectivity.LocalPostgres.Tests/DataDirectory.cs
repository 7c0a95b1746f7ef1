using Connectivity.Testing;
using Npgsql;

namespace Connectivity.LocalPostgres.Tests;

/// <summary>A data directory for one test. Disposal removes it completely, also after a failed test.</summary>
internal sealed class DataDirectory : IAsyncDisposable
{
    private readonly string _root = TemporaryDirectory.Make();

    /// <param name="name">Below the temporary directory; not created yet, as at a host's first start.</param>
    public DataDirectory(string name = "data") => Path = System.IO.Path.Combine(_root, name);

    public string Path { get; }

    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    public string Cluster => System.IO.Path.Combine(Postgres, "data");

    public Task<LocalPostgresCluster> StartAsync() =>
        LocalPostgresCluster.StartAsync(new LocalPostgresOptions(Path), Ct);

    public Task<LocalPostgresCluster> AttachAsync() =>
        LocalPostgresCluster.AttachAsync(new LocalPostgresOptions(Path), Ct);

    public int PostmasterId() => int.Parse(File.ReadLines(System.IO.Path.Combine(Cluster, "postmaster.pid")).First());

    /// <summary>
    /// The processes whose working directory is in this directory, as that of every PostgreSQL process is.
    /// </summary>
    public IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(System.IO.Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Where(id => WorkingDirectory(id)?.StartsWith(_root, StringComparison.Ordinal) ?? false);

    public static async Task<T> AskAsync<T>(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    public static async Task RunAsync(string connectionString, string sql) =>
        await AskAsync<object>(connectionString, sql + "; SELECT 1");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(System.IO.Path.Combine(Cluster, "postmaster.pid")))
        {
            var options = new LocalPostgresOptions(Path);
            await using (await LocalPostgresCluster.StartAsync(options, CancellationToken.None)) { }
        }

        Directory.Delete(_root, recursive: true);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string? WorkingDirectory(int processId)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{processId}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
