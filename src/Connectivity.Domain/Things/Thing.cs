namespace Connectivity.Domain.Things;

/// <summary>A registered device.</summary>
/// <param name="ThingId">
/// A UUID that identifies one incarnation of the name: a thing deleted and created again has another.
/// </param>
/// <param name="Version">1 when created, one more with every update.</param>
public sealed record Thing(string Name, string ThingId, IReadOnlyDictionary<string, string> Attributes, long Version);
