namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// What the connect and the disconnect of one connection share. Version numbers compare only within a source. A conforming source
/// gives no two connections of a client the same pair: where the numbers fall back, a session that had such a number is over.
/// </summary>
/// <param name="Source">Who emitted the event; the route it came by is no part of it.</param>
/// <param name="SessionIdentifier">Lives as long as the session.</param>
/// <param name="VersionNumber">
/// Rises with each connection of a client and may skip; falls back after an hour or more offline.
/// Source: AWS IoT developer guide, "Lifecycle events".
/// </param>
public readonly record struct ConnectionKey(string Source, string SessionIdentifier, long VersionNumber);
