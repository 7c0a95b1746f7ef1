using Connectivity.Access.Directory;
using Connectivity.Access.Limits;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>Two hosts on one database. Each test has its own account with its own limits.</summary>
public sealed class TwoHosts : IAsyncLifetime
{
    public ApiHost First { get; private set; } = null!;

    public ApiHost Second { get; private set; } = null!;

    public IReadOnlyList<ApiHost> Both => [First, Second];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string[] unlimitedFailures =
        [
            "--Connectivity:Throttling:Failures:PerSecond=1000000",
            "--Connectivity:Throttling:Failures:Burst=1000000",
        ];
        First = await ApiHost.StartAsync(null, unlimitedFailures);
        Second = await ApiHost.StartAsync(First.ConnectionString, unlimitedFailures);
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    /// <summary>
    /// Creates a user of a new account on both hosts. Without policies, requests within the limit are denied.
    /// </summary>
    public async Task<User> NewUserAsync(params string[] policies)
    {
        var user = await First.CreateUserInAsync(AccessHost.NewAccount(), policies);
        await ReloadAsync();
        return user;
    }

    public async Task LimitAsync(string account, string operations, double perSecond, double burst)
    {
        await First.Services.GetRequiredService<ThrottleStore>()
            .SetAsync(new StoredLimit(account, operations, perSecond, burst), Ct);
        await ReloadAsync();
    }

    /// <summary>Sends GetThingConnectivityData. True when the limit admits it.</summary>
    public static async Task<bool> IsAdmittedAsync(ApiHost host, User user)
    {
        var answer = await host.SendAsync(user, "POST", "/things/pump/connectivity-data", "{}");
        if (answer.Status == 403) return true;
        answer.ShouldBeAwsError(400, "ThrottlingException", "Rate exceeded");
        return false;
    }

    private async Task ReloadAsync()
    {
        foreach (var host in Both) await host.Services.GetRequiredService<AccessDirectory>().LoadAsync(Ct);
    }
}
