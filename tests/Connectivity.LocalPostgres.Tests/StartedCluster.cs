[assembly: AssemblyFixture(typeof(Connectivity.LocalPostgres.Tests.StartedCluster))]

namespace Connectivity.LocalPostgres.Tests;

/// <summary>A running cluster, shared by all tests that do not change it.</summary>
public sealed class StartedCluster : IAsyncLifetime
{
    internal DataDirectory Data { get; } = new();

    public LocalPostgresCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await Data.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Data.DisposeAsync();
    }
}
