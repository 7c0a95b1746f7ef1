using Connectivity.Access.Devices;
using Connectivity.Access.Limits;
using Connectivity.Projections.Database;

namespace Connectivity.Access.Tests;

/// <summary>A database for the tests of one class, with what is stored of access.</summary>
public sealed class AccessDatabase : SharedDatabase
{
    protected override StoreContents Contents => AccessStore.Contents;
}

/// <summary>What one host has of access.</summary>
internal static class AccessStores
{
    extension(StoreHost host)
    {
        public DeviceCredentialStore DeviceCredentials => new(host.DataSource);

        public ThrottleStore Throttle => new(host.DataSource);
    }
}
