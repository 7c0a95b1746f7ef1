using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Api.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Benchmarks.Heart.Hosting;

/// <summary>A key of an account.</summary>
public sealed record AccountKey(string AccountId, string AccessKeyId, string Secret);

/// <summary>Accounts beside the host's own, each with a key that may do everything.</summary>
public static class BenchmarkAccounts
{
    private const string UserName = "benchmark";

    public static string Id(int account) => $"{100_000_000_000 + account}";

    /// <summary>Creates the keys; the host knows them when this returns.</summary>
    public static async Task<IReadOnlyList<AccountKey>> CreateAsync(IServiceProvider services, int count)
    {
        var keys = services.GetRequiredService<AccessKeyStore>();
        var policies = services.GetRequiredService<UserPolicyStore>();
        var encryption = services.GetRequiredService<ISecretEncryption>();
        var created = new List<AccountKey>();
        for (var account = 0; account < count; account++)
        {
            var key = NewAccessKey.Create();
            await keys.AddAsync(key.ToStored(Id(account), UserName, encryption), CancellationToken.None);
            await policies.AttachAsync(
                new StoredPolicy(
                    Id(account), UserName, FirstAdministrator.PolicyName, FirstAdministrator.Policy),
                CancellationToken.None);
            created.Add(new AccountKey(Id(account), key.AccessKeyId, key.Secret));
        }

        await services.GetRequiredService<AccessDirectory>().LoadAsync(CancellationToken.None);
        return created;
    }
}
