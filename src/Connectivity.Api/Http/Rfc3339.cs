using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectivity.Api.Http;

/// <summary>
/// Times in requests. Source: RFC 3339, section 5.6: any number of digits in the fraction, <c>T</c> and <c>Z</c> in
/// either case, and a mandatory offset.
/// </summary>
public static partial class Rfc3339
{
    private const string Example = "2026-11-23T12:00:00Z";

    /// <summary>
    /// Reads a time of the years 1 to 9999 in UTC, in ticks: further digits are cut off. Second 60, which a leap second
    /// has, is read as the last millisecond of its minute.
    /// </summary>
    /// <param name="error">What is wrong, to follow the parameter's name.</param>
    public static bool TryParse(string text, out DateTimeOffset time, [NotNullWhen(false)] out string? error)
    {
        time = default;
        error = null;
        if (Form().Match(text) is not { Success: true } match)
            error = $"must be a time such as {Example}";
        else if (!match.Groups["offset"].Success)
            error = "has no offset from UTC: it must end with Z, or with an offset such as +01:00 (in a URL, %2B01:00)";
        else if (Read(match.Groups) is { } read)
            time = read;
        else
            error = $"is not a time that exists in the years 1 to 9999; a time is, for example, {Example}";
        return error is null;
    }

    private static DateTimeOffset? Read(GroupCollection parts)
    {
        var (hour, minute, second) = (Number("hour"), Number("minute"), Number("second"));
        var (offsetHours, offsetMinutes) = (Number("offsetHour"), Number("offsetMinute"));
        if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return null;
        if (!DateTime.TryParseExact(
            parts["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return null;

        var ofDay = second == 60
            ? new TimeSpan(0, hour, minute, 59, 999)
            : new TimeSpan(hour, minute, second) + Fraction(parts["fraction"].Value);
        var offset = new TimeSpan(offsetHours, offsetMinutes, 0);
        var ticks = date.Ticks + ofDay.Ticks - (parts["sign"].Value == "-" ? -offset.Ticks : offset.Ticks);
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

        int Number(string part) => parts[part].Success ? int.Parse(parts[part].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static TimeSpan Fraction(string digits)
    {
        const int TickDigits = 7;
        return digits.Length == 0
            ? TimeSpan.Zero
            : new TimeSpan(long.Parse(
                digits.PadRight(TickDigits, '0')[..TickDigits], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        """
        \A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]
        (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.(?<fraction>[0-9]+))?
        (?<offset>[Zz]|(?<sign>[+-])(?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))?\z
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
