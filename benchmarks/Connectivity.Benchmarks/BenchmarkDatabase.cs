using Connectivity.LocalPostgres;

namespace Connectivity.Benchmarks;

/// <summary>A local PostgreSQL of its own, durable as in production, in a directory that is gone afterwards.</summary>
public sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly LocalPostgresCluster _postgres;

    private BenchmarkDatabase(DirectoryInfo directory, LocalPostgresCluster postgres) => (_directory, _postgres) = (directory, postgres);

    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>For whatever else is to be gone afterwards.</summary>
    public string Directory => _directory.FullName;

    public static async Task<BenchmarkDatabase> StartAsync()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("connectivity-benchmark-");
        // The PostgreSQL of a process that runs as root is another user's, who must come through here.
        if (!OperatingSystem.IsWindows()) directory.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return new(directory, await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(directory.FullName), CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
