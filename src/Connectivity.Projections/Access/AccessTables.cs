using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Access;

/// <summary>Who may do what. It lies outside the tenants, as things do: turning indexing off removes none of it.</summary>
public static class AccessTables
{
    public const string UsersName = $"{ConnectivityStore.Schema}.users";
    public const string KeysName = $"{ConnectivityStore.Schema}.access_keys";
    public const string PoliciesName = $"{ConnectivityStore.Schema}.user_policies";
    public const string DeviceCredentialsName = $"{ConnectivityStore.Schema}.device_credentials";

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
        // Encrypted by the host: a signature can only be checked by one who has the secret.
        table.AddColumn("secret", "bytea").NotNull();
        // Of a temporary key: SHA-256 of the session token that must come with it.
        table.AddColumn("session_token_hash", "bytea");
        table.AddColumn("expires_at", "timestamp with time zone");
        table.AddColumn<bool>("enabled").NotNull();
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        return table;
    }

    internal static Table Policies()
    {
        var table = new Table(PoliciesName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("user_name").AsPrimaryKey();
        table.AddColumn<string>("policy_name").AsPrimaryKey();
        // As it was attached, byte for byte.
        table.AddColumn<string>("document").NotNull();
        return table;
    }

    /// <summary>A device's credentials belong to one life of its thing, and end with it.</summary>
    internal static Table DeviceCredentials()
    {
        var table = new Table(DeviceCredentialsName);
        table.AddColumn<string>("credential_id").AsPrimaryKey();
        table.AddColumn<string>("thing_id").NotNull().AddIndex();
        table.AddColumn<string>("account").NotNull();
        table.AddColumn<string>("region").NotNull();
        table.AddColumn<string>("thing_name").NotNull();
        table.AddColumn<string>("kind").NotNull();
        // SHA-256 of the password, which is random and long; or of the certificate, as AWS IoT forms certificate ids.
        table.AddColumn("hash", "bytea").NotNull();
        // Null where the default device policy holds.
        table.AddColumn<string>("policy");
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        return table;
    }
}
