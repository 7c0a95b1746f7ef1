using System.Net.Http.Headers;
using System.Text;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A user of a host, with an access key.</summary>
public sealed record User(string AccountId, string Name, Credentials Credentials)
{
    public string Arn => $"arn:aws:iam::{AccountId}:user/{Name}";

    public string Denied(string action, string resource) =>
        $"User: {Arn} is not authorized to perform: {action} on resource: {resource} "
        + $"because no identity-based policy allows the {action} action";
}

/// <summary>The users of a host. Changes that are made here apply to that host at once.</summary>
public static class Users
{
    public const string Account = "000000000000";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Creates a user of the host's account, with a key and these policies.</summary>
    public static Task<User> CreateUserAsync(this ApiHost host, params string[] policies) =>
        host.CreateUserInAsync(Account, policies);

    /// <inheritdoc cref="CreateUserAsync"/>
    public static async Task<User> CreateUserInAsync(this ApiHost host, string account, params string[] policies)
    {
        var user = await host.CreateKeyAsync($"user-{Guid.NewGuid():N}", account);
        for (var i = 0; i < policies.Length; i++) await host.AttachAsync(user, $"policy-{i + 1}", policies[i]);
        return user;
    }

    /// <summary>Creates a key for a user; a temporary one when it expires.</summary>
    public static async Task<User> CreateKeyAsync(
        this ApiHost host, string userName, string account = Account, DateTimeOffset? expiresAt = null)
    {
        var key = NewAccessKey.Create(expiresAt);
        await host.Keys().AddAsync(
            key.ToStored(account, userName, host.Services.GetRequiredService<ISecretEncryption>()), Ct);
        await host.ReloadAsync();
        return new User(account, userName, new Credentials(key.AccessKeyId, key.Secret, key.SessionToken));
    }

    public static async Task AttachAsync(this ApiHost host, User user, string policyName, string policy)
    {
        await host.Policies().AttachAsync(new StoredPolicy(user.AccountId, user.Name, policyName, policy), Ct);
        await host.ReloadAsync();
    }

    public static async Task DisableAsync(this ApiHost host, User user)
    {
        (await host.Keys().DisableAsync(user.Credentials.AccessKeyId, Ct)).ShouldBeTrue();
        await host.ReloadAsync();
    }

    public static AccessKeyStore Keys(this ApiHost host) => host.Services.GetRequiredService<AccessKeyStore>();

    public static UserPolicyStore Policies(this ApiHost host) => host.Services.GetRequiredService<UserPolicyStore>();

    /// <summary>Sends a request that the user signs.</summary>
    public static async Task<Answer> SendAsync(
        this ApiHost host, User user, string method, string path, string? body = null)
    {
        using var http = host.ClientOf(user.Credentials);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await http.SendAsync(request, Ct);
        return await Answer.ReadAsync(response);
    }

    private static Task ReloadAsync(this ApiHost host) =>
        host.Services.GetRequiredService<AccessDirectory>().LoadAsync(Ct);
}
