namespace Connectivity.Domain.Indexing;

/// <summary>
/// The result of an update of the indexing configuration: the new configuration, or the rule it broke.
/// </summary>
/// <param name="Configuration">The new configuration, or null where the update is refused and changes nothing.</param>
/// <param name="Error">AWS's message for the rule that was broken, or null.</param>
public sealed record IndexingUpdate(IndexingConfiguration? Configuration, string? Error);
