using System.Diagnostics.CodeAnalysis;
using Connectivity.Domain.History;

namespace Connectivity.Api.Http;

/// <summary>A half-open range of time: its first moment, and the first moment after it.</summary>
public readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>What <c>from</c> is unless it is given: so long before <c>to</c>.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromHours(24);

    public TimeSpan Length => Until - From;

    /// <summary>The whole minutes of which the range has a part.</summary>
    public TimeRange InMinutes()
    {
        var last = FleetCounts.MinuteOf(Until);
        return new TimeRange(FleetCounts.MinuteOf(From), last == Until ? last : last + TimeSpan.FromMinutes(1));
    }

    /// <summary>Reads the parameters <c>from</c> and <c>to</c>; <c>to</c> is the present unless it is given.</summary>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(
        string? from, string? to, DateTimeOffset now, out TimeRange range, [NotNullWhen(false)] out string? error)
    {
        range = default;
        if (!TryParse("from", from, out var begin, out error) || !TryParse("to", to, out var end, out error)) return false;
        var until = end ?? now;
        range = new TimeRange(begin ?? until - Min(Default, until - DateTimeOffset.MinValue), until);
        if (range.From < range.Until) return true;
        error = "from must be earlier than to.";
        return false;
    }

    /// <summary>Reads one time that may be omitted.</summary>
    public static bool TryParse(
        string name, string? text, out DateTimeOffset? time, [NotNullWhen(false)] out string? error)
    {
        (time, error) = (null, null);
        if (text is null) return true;
        if (!Rfc3339.TryParse(text, out var read, out error))
        {
            error = $"{name} {error}.";
            return false;
        }

        time = read;
        return true;
    }

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
