[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.IndexingHost))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// A host whose connectivity indexing is on and releases socket information, for all tests that don't change that. Each
/// creates its own things.
/// </summary>
public sealed class IndexingHost : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartIndexingAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
