using Connectivity.Access.Changes;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Access.Directory;

/// <summary>The first user of a database, without whom no other could be made.</summary>
public sealed class AccessBootstrap(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Adds the first key of the first user and a policy with it, once in the life of a database: true where this call did. Hosts that start
    /// together wait for each other.
    /// </summary>
    /// <param name="make">
    /// Makes the key of this user. Called under the lock, and only where there is none: encrypting it may begin a key ring, which of hosts that
    /// start together only one must do.
    /// </param>
    /// <param name="beforeCommit">Keeps the key where its owner finds it; where that fails nothing is added.</param>
    public async Task<bool> AddFirstAsync(
        string userName, Func<StoredAccessKey> make, string policyName, string policyDocument, Func<Task> beforeCommit,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var seize = new NpgsqlCommand($"lock table {KeyTables.UsersName} in share row exclusive mode", connection))
            await seize.ExecuteNonQueryAsync(cancellationToken);
        await using (var any = new NpgsqlCommand($"select exists (select from {KeyTables.UsersName} where name = $1)", connection).With(userName))
            if (await any.ExecuteScalarAsync(cancellationToken) is true) return false;
        var key = make();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                AccessKeyStore.EnsureUser(key), AccessKeyStore.Insert(key), UserPolicyStore.Attach(key.AccountId, key.UserName, policyName, policyDocument),
                AccessChange.Channel.Notify(new AccessChange()),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await beforeCommit();
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
