using Connectivity.Access.Changes;
using Connectivity.Access.Keys;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Access.Policies;

/// <summary>A policy of a user.</summary>
/// <param name="Document">As it was attached.</param>
public sealed record StoredPolicy(string AccountId, string UserName, string PolicyName, string Document);

/// <summary>The policies of all users.</summary>
public sealed class UserPolicyStore(NpgsqlDataSource dataSource)
{
    public async Task<IReadOnlyList<StoredPolicy>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select account, user_name, policy_name, document from {PolicyTable.Name}
            order by account, user_name, policy_name
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var policies = new List<StoredPolicy>();
        while (await reader.ReadAsync(cancellationToken))
            policies.Add(
                new StoredPolicy(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return policies;
    }

    /// <summary>
    /// Attaches a policy to a user, replacing one of the same name. Creates the user where it does not exist.
    /// </summary>
    public Task AttachAsync(StoredPolicy policy, CancellationToken cancellationToken) =>
        new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            AccessKeyStore.EnsureUser(policy.AccountId, policy.UserName),
            Attach(policy.AccountId, policy.UserName, policy.PolicyName, policy.Document));

    /// <summary>False where the user has no such policy.</summary>
    public async Task<bool> DetachAsync(
        string accountId, string userName, string policyName, CancellationToken cancellationToken) =>
        await new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            new NpgsqlBatchCommand(
                $"delete from {PolicyTable.Name} where account = $1 and user_name = $2 and policy_name = $3")
                .With(accountId, userName, policyName)) == 1;

    internal static NpgsqlBatchCommand Attach(
        string accountId, string userName, string policyName, string document) => new NpgsqlBatchCommand(
        $"""
        insert into {PolicyTable.Name} (account, user_name, policy_name, document) values ($1, $2, $3, $4)
        on conflict (account, user_name, policy_name) do update set document = excluded.document
        """).With(accountId, userName, policyName, document);
}
