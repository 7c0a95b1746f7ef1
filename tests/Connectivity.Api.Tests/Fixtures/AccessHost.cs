[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.AccessHost))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// A host for the tests of access control, whose connectivity indexing stays on and releases socket information. Each
/// test creates its own users, things and further accounts. Authentication failures are not throttled.
/// </summary>
public sealed class AccessHost : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(
            null,
            "--Connectivity:Throttling:Failures:PerSecond=1000000",
            "--Connectivity:Throttling:Failures:Burst=1000000");
        await Host.TurnIndexingOnAsync(releaseSocketInformation: true);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>An account that no other test uses.</summary>
    public static string NewAccount() => Random.Shared.NextInt64(1, 1_000_000_000_000).ToString("D12");
}
