using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.History;

namespace Connectivity.Api.Changes;

/// <summary>The events that a consumer of the change feed wants.</summary>
/// <param name="Things">Names; empty for all.</param>
/// <param name="Kind">Of <see cref="EventKind"/>; null for both.</param>
/// <param name="Reason">The effective reason of a disconnect; null for every one, and for connects.</param>
/// <param name="WithoutLate">Leaves out events that did not change the record.</param>
public sealed record ChangeFilter(
    IReadOnlySet<string> Things, string? Prefix, string? Kind, string? Reason, bool WithoutLate,
    bool IncludeSocketInformation)
{
    private const int MaximumThings = 1_000;
    private const int MaximumReasonLength = 128;

    /// <summary>What is wrong of it; null if nothing is.</summary>
    public string? Validate()
    {
        if (Things.Count > MaximumThings || !Things.All(ThingName.IsValid))
            return $"thing must be the name of a thing, and may be given up to {MaximumThings} times.";
        if (Prefix is not null && !ThingName.IsValid(Prefix))
            return "prefix must be the beginning of the name of a thing.";
        if (Kind is not (null or EventKind.Connected or EventKind.Disconnected))
            return $"kind must be {EventKind.Connected} or {EventKind.Disconnected}.";
        return Reason?.Length is 0 or > MaximumReasonLength
            ? $"reason must have 1 to {MaximumReasonLength} characters."
            : null;
    }

    public bool Takes(RecordedEvent recorded)
    {
        var lifecycleEvent = recorded.Event;
        return (Things.Count == 0 || Things.Contains(lifecycleEvent.ClientId))
            && (Prefix is null || lifecycleEvent.ClientId.StartsWith(Prefix, StringComparison.Ordinal))
            && (Kind is null || EventKind.Of(lifecycleEvent) == Kind)
            && (Reason is null || (lifecycleEvent as ThingDisconnected)?.Reason == Reason)
            && !(WithoutLate && recorded.IsLate);
    }
}
