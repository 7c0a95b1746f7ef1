using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectivity.Api.Http;

/// <summary>The parameter <c>interval</c>: a number of minutes, hours or days, such as <c>15m</c>.</summary>
public static partial class IntervalLength
{
    /// <param name="length">Null where it is omitted.</param>
    public static bool TryParse(
        string? interval, TimeRange range, int maximum, out TimeSpan? length, [NotNullWhen(false)] out string? error)
    {
        (length, error) = (null, null);
        if (interval is null) return true;
        if (Form().Match(interval) is not { Success: true } match
            || !int.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            error = "interval must be a number of minutes, hours or days, such as 15m, 1h or 1d.";
            return false;
        }

        var unit = match.Groups["unit"].Value switch
        {
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.FromDays(1),
        };
        length = unit * number;
        if (range.Length / length.Value <= maximum) return true;
        error = $"The range has more than {maximum} intervals of this length.";
        return false;
    }

    /// <summary>The parts of a range; the last one may be shorter.</summary>
    public static IEnumerable<TimeRange> Split(TimeRange range, TimeSpan length)
    {
        for (var from = range.From; from < range.Until;)
        {
            var until = range.Until - from <= length ? range.Until : from + length;
            yield return new TimeRange(from, until);
            from = until;
        }
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,5})(?<unit>[mhd])\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
