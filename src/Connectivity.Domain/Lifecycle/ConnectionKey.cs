namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// What the connect and the disconnect of one connection share. Version numbers compare only within a source. A
/// conforming source gives no two connections of a client the same pair: where the version numbers fall back, the
/// session that used such a number has ended.
/// </summary>
/// <param name="Source">The emitter of the event; the route by which it arrived is not part of it.</param>
/// <param name="SessionIdentifier">Constant for the duration of the session.</param>
/// <param name="VersionNumber">
/// Rises with each connection of a client and may skip; falls back after an hour or more offline. Source: AWS IoT
/// developer guide, "Lifecycle events".
/// </param>
public readonly record struct ConnectionKey(string Source, string SessionIdentifier, long VersionNumber);
