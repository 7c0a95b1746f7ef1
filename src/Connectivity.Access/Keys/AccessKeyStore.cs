using Connectivity.Access.Changes;
using Connectivity.Projections.Database;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Access.Keys;

/// <summary>An access key as it is stored.</summary>
/// <param name="AccountId">The account that requests signed with it belong to.</param>
/// <param name="EncryptedSecret">Only hosts with the key ring that encrypted it can decrypt it.</param>
/// <param name="SessionTokenHash">SHA-256 of the session token of a temporary key; null for a permanent one.</param>
/// <param name="ExpiresAt">When it expires; null for a key that does not expire.</param>
public sealed record StoredAccessKey(
    string AccessKeyId, string AccountId, string UserName, byte[] EncryptedSecret, byte[]? SessionTokenHash,
    DateTimeOffset? ExpiresAt, bool IsEnabled, DateTimeOffset CreatedAt);

/// <summary>
/// Users and their access keys, of all accounts. A user is created with its first key or policy, and is never deleted.
/// </summary>
public sealed class AccessKeyStore(NpgsqlDataSource dataSource)
{
    private const string Columns =
        "access_key_id, account, user_name, secret, session_token_hash, expires_at, enabled, created_at";

    public async Task<IReadOnlyList<StoredAccessKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select {Columns} from {KeyTables.KeysName} order by account, user_name, created_at");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<StoredAccessKey>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(Read(reader));
        return keys;
    }

    /// <summary>Adds a key, and its user where that is new.</summary>
    public Task AddAsync(StoredAccessKey key, CancellationToken cancellationToken) =>
        new AccessChange().MakeAsync(
            dataSource, cancellationToken, EnsureUser(key.AccountId, key.UserName), Insert(key));

    /// <summary>
    /// Adds a key that replaces another of the same user, which expires at the given time. False where there is no such
    /// key.
    /// </summary>
    public async Task<bool> ReplaceAsync(
        string accessKeyId, DateTimeOffset endsAt, StoredAccessKey successor, CancellationToken cancellationToken) =>
        await new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            new NpgsqlBatchCommand(
                $"update {KeyTables.KeysName} set expires_at = least(expires_at, $2) where access_key_id = $1")
                .With(accessKeyId, endsAt),
            Insert(successor, onlyBeside: accessKeyId)) == 2;

    /// <summary>False where there is no such key.</summary>
    public async Task<bool> DisableAsync(string accessKeyId, CancellationToken cancellationToken) =>
        await new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            new NpgsqlBatchCommand($"update {KeyTables.KeysName} set enabled = false where access_key_id = $1")
                .With(accessKeyId)) == 1;

    /// <summary>False where there is no such key.</summary>
    public async Task<bool> DeleteAsync(string accessKeyId, CancellationToken cancellationToken) =>
        await new AccessChange().MakeAsync(
            dataSource,
            cancellationToken,
            new NpgsqlBatchCommand($"delete from {KeyTables.KeysName} where access_key_id = $1")
                .With(accessKeyId)) == 1;

    /// <summary>Inserts the user if it does not exist.</summary>
    internal static NpgsqlBatchCommand EnsureUser(string accountId, string userName) => new NpgsqlBatchCommand(
        $"""
        insert into {KeyTables.UsersName} (account, name, created_at) values ($1, $2, clock_timestamp())
        on conflict do nothing
        """).With(accountId, userName);

    /// <param name="onlyBeside">Only where this key exists, and belongs to the same user.</param>
    internal static NpgsqlBatchCommand Insert(StoredAccessKey key, string? onlyBeside = null) => new NpgsqlBatchCommand(
        $"""
        insert into {KeyTables.KeysName} ({Columns}) select $1, $2, $3, $4, $5, $6, $7, clock_timestamp()
        where $8::text is null or exists (
            select from {KeyTables.KeysName} where access_key_id = $8 and account = $2 and user_name = $3)
        """).With(
        key.AccessKeyId, key.AccountId, key.UserName, key.EncryptedSecret,
        SqlParameters.Nullable(key.SessionTokenHash, NpgsqlDbType.Bytea),
        SqlParameters.Nullable(key.ExpiresAt, NpgsqlDbType.TimestampTz), key.IsEnabled,
        SqlParameters.Nullable(onlyBeside, NpgsqlDbType.Text));

    private static StoredAccessKey Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetFieldValue<byte[]>(3),
        reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4),
        reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
        reader.GetBoolean(6),
        reader.GetFieldValue<DateTimeOffset>(7));
}
