using Connectivity.Access.Devices;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Access.Policies;
using Connectivity.Projections;
using Connectivity.Projections.Database;

namespace Connectivity.Access;

/// <summary>The tables of users, keys, policies, device credentials and limits, added to those of things.</summary>
public static class AccessStore
{
    /// <summary>Everything that a host stores, in one list.</summary>
    public static readonly StoreContents Contents = ConnectivityStore.Contents with
    {
        SchemaObjects =
        [
            .. ConnectivityStore.Contents.SchemaObjects,
            KeyTables.Users(),
            KeyTables.Keys(),
            PolicyTable.Policies(),
            DeviceCredentialTable.DeviceCredentials(),
            ThrottleTables.Limits(),
            ThrottleTables.Buckets(),
        ],
        EndWithThing = [.. ConnectivityStore.Contents.EndWithThing, DeviceCredentialStore.EndWith],
        ChangeWithThing = [.. ConnectivityStore.Contents.ChangeWithThing, DeviceCredentialStore.ChangeWith],
    };
}
