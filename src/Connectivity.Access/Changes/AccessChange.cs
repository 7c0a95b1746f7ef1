using Connectivity.Projections.Database;

namespace Connectivity.Access.Changes;

/// <summary>
/// A change to users, keys, policies, limits or device credentials, or to the attributes of a thing that has some.
/// </summary>
/// <param name="ThingName">
/// The thing whose device credentials or attributes changed; null where users, keys, policies or limits did.
/// </param>
public sealed record AccessChange(string? ThingName = null)
{
    public static readonly NotificationChannel<AccessChange> Channel = new("connectivity_access");
}
