using Connectivity.Domain;
using Connectivity.Projections.Database;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// An indexed period has started: of one thing, which was created, or of all things of an account, whose indexing was
/// turned on. Each gateway then reports the connections that it holds open for them.
/// </summary>
/// <param name="ThingName">Null for all things of the account.</param>
public sealed record IndexedPeriodStarted(Account Account, string? ThingName)
{
    public static readonly NotificationChannel<IndexedPeriodStarted> Channel = new("connectivity_begun_lives");
}
