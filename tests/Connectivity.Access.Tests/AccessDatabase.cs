using Connectivity.Access.Devices;
using Connectivity.Access.Limits;
using Connectivity.Projections.Database;

namespace Connectivity.Access.Tests;

/// <summary>A database for the tests of one class, with the tables of the Access project.</summary>
public sealed class AccessDatabase : SharedDatabase
{
    protected override StoreContents Contents => AccessStore.Contents;
}

/// <summary>The Access stores of one host.</summary>
internal static class AccessStores
{
    extension(StoreHost host)
    {
        public DeviceCredentialStore DeviceCredentials => new(host.DataSource);

        public ThrottleStore Throttle => new(host.DataSource);
    }
}
