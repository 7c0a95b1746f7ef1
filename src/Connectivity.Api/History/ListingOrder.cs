using System.Diagnostics.CodeAnalysis;

namespace Connectivity.Api.History;

/// <summary>The parameters <c>order</c> and <c>by</c> of listings and questions about the past.</summary>
public static class ListingOrder
{
    private const string Newest = "newest";
    private const string Oldest = "oldest";
    private const string OccurredAt = "occurredAt";
    private const string RecordedAt = "recordedAt";

    public static bool TryParse(
        string? order, string? by, out bool newestFirst, out bool byOccurredAt, [NotNullWhen(false)] out string? error)
    {
        (newestFirst, byOccurredAt) = (order == Newest, by == OccurredAt);
        return TryParse(order, out error) && TryParseTime(by, out error);
    }

    public static bool TryParse(string? order, [NotNullWhen(false)] out string? error)
    {
        error = order is null or Newest or Oldest ? null : $"order must be {Oldest} or {Newest}.";
        return error is null;
    }

    public static bool IsNewestFirst(string? order) => order == Newest;

    /// <summary>The parameter <c>by</c>: what was true at a time, or what was known at it.</summary>
    public static bool TryParseTime(string? by, [NotNullWhen(false)] out string? error)
    {
        error = by is null or OccurredAt or RecordedAt ? null : $"by must be {OccurredAt} or {RecordedAt}.";
        return error is null;
    }

    public static bool IsByRecordedAt(string? by) => by == RecordedAt;
}
