[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.AnonymousHost))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A host without authentication, whose connectivity indexing stays on.</summary>
public sealed class AnonymousHost : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(null, "--Connectivity:AllowAnonymous=true");
        await Host.TurnIndexingOnAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
