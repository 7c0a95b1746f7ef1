using Connectivity.Projections.Registry;

namespace Connectivity.Api.Holds;

/// <summary>Whether a thing is on legal hold, and if so why, since when, and by whom.</summary>
/// <param name="PlacedBy">The ARN of the principal that placed the hold, or gave it its present reason.</param>
/// <param name="PlacedAt">By the database's clock.</param>
public sealed record ThingHold(string ThingName, bool OnHold, string? Reason, string? PlacedBy, DateTimeOffset? PlacedAt)
{
    internal static ThingHold Of(string thingName, LegalHold? hold) =>
        new(thingName, hold is not null, hold?.Reason, hold?.PlacedBy, hold?.PlacedAt);
}
