using Connectivity.LocalPostgres;

namespace Connectivity.Benchmarks;

/// <summary>
/// A local PostgreSQL for one benchmark, durable as in production, in a directory that is deleted afterwards.
/// </summary>
public sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly LocalPostgresCluster _postgres;

    private BenchmarkDatabase(DirectoryInfo directory, LocalPostgresCluster postgres) =>
        (_directory, _postgres) = (directory, postgres);

    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>For other files that are deleted afterwards.</summary>
    public string Directory => _directory.FullName;

    public static async Task<BenchmarkDatabase> StartAsync()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("connectivity-benchmark-");
        // Where this process is root, PostgreSQL runs as another user, who must be able to traverse the directory.
        if (!OperatingSystem.IsWindows())
            directory.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var options = new LocalPostgresOptions(directory.FullName);
        return new(directory, await LocalPostgresCluster.StartAsync(options, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
