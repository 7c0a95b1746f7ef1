[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.AnonymousHost))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A host that asks nobody who they are, whose connectivity indexing is on and stays so.</summary>
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
