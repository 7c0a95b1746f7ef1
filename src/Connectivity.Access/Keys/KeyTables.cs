using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Access.Keys;

/// <summary>
/// Users and their access keys. They belong to no tenant, as things: turning indexing off removes none of them.
/// </summary>
public static class KeyTables
{
    public const string UsersName = $"{ConnectivitySchema.Name}.users";
    public const string KeysName = $"{ConnectivitySchema.Name}.access_keys";

    internal static Table Users()
    {
        var table = new Table(UsersName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("name").AsPrimaryKey();
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        return table;
    }

    internal static Table Keys()
    {
        var table = new Table(KeysName);
        table.AddColumn<string>("access_key_id").AsPrimaryKey();
        table.AddColumn<string>("account").NotNull();
        table.AddColumn<string>("user_name").NotNull();
        // Encrypted by the host, not hashed: verifying a signature needs the secret.
        table.AddColumn("secret", "bytea").NotNull();
        // Of a temporary key: SHA-256 of the session token that must come with it.
        table.AddColumn("session_token_hash", "bytea");
        table.AddColumn("expires_at", "timestamp with time zone");
        table.AddColumn<bool>("enabled").NotNull();
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        return table;
    }
}
