using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Access.Devices;

/// <summary>Device credentials. Each belongs to one incarnation of a thing and is deleted with it.</summary>
public static class DeviceCredentialTable
{
    public const string Name = $"{ConnectivitySchema.Name}.device_credentials";

    internal static Table DeviceCredentials()
    {
        var table = new Table(Name);
        table.AddColumn<string>("credential_id").AsPrimaryKey();
        table.AddColumn<string>("thing_id").NotNull().AddIndex();
        table.AddColumn<string>("account").NotNull();
        table.AddColumn<string>("region").NotNull();
        table.AddColumn<string>("thing_name").NotNull();
        table.AddColumn<string>("kind").NotNull();
        // SHA-256 of the password, which is random and long; or of the certificate, as AWS IoT forms certificate ids.
        table.AddColumn("hash", "bytea").NotNull();
        // Null for the default device policy.
        table.AddColumn<string>("policy");
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        return table;
    }
}
