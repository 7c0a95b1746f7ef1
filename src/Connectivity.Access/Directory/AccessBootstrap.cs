using Connectivity.Access.Changes;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Access.Directory;

/// <summary>Creates the first user of a database, who creates all others.</summary>
public sealed class AccessBootstrap(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Adds the first user with a key and a policy, once for each database. Returns true where this call added them.
    /// Hosts that start at the same time wait for each other.
    /// </summary>
    /// <param name="make">
    /// Creates the key of this user. Called under the lock, and only where the user does not exist: encrypting the key
    /// may create a key ring, which only one of several starting hosts must do.
    /// </param>
    /// <param name="beforeCommit">Saves the key for its owner; if that fails, nothing is added.</param>
    public async Task<bool> AddFirstAsync(
        string userName, Func<StoredAccessKey> make, string policyName, string policyDocument, Func<Task> beforeCommit,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var seize = new NpgsqlCommand(
            $"lock table {KeyTables.UsersName} in share row exclusive mode", connection))
            await seize.ExecuteNonQueryAsync(cancellationToken);
        await using (var any = new NpgsqlCommand(
            $"select exists (select from {KeyTables.UsersName} where name = $1)", connection).With(userName))
            if (await any.ExecuteScalarAsync(cancellationToken) is true) return false;
        var key = make();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                AccessKeyStore.EnsureUser(key.AccountId, key.UserName), AccessKeyStore.Insert(key),
                UserPolicyStore.Attach(key.AccountId, key.UserName, policyName, policyDocument),
                AccessChange.Channel.Notify(new AccessChange()),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await beforeCommit();
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
