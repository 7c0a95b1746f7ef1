namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// A date: seconds since 1970, or a form of the W3C's profile of ISO 8601 (the day is optional, a time requires its
/// zone). A bare year is not accepted: it can't be distinguished from seconds. Source: IAM User Guide, "IAM JSON policy
/// elements: Condition operators", date condition operators; W3C note "Date and Time Formats".
/// </summary>
internal static class DateForm
{
    private const int MostEpochDigits = 11;

    /// <summary>Whether the text may be a year or seconds.</summary>
    public static bool IsAmbiguous(string text) => text.Length == 4 && text.All(char.IsAsciiDigit);

    /// <param name="ticks">Of 100 ns since the year 1, in UTC.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out long ticks)
    {
        if (text.Length is > 0 and <= MostEpochDigits && text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            ticks = DateTime.UnixEpoch.Ticks + long.Parse(text) * TimeSpan.TicksPerSecond;
            return true;
        }
        ticks = 0;
        int day = 1;
        if (!Digits(ref text, 4, out var year) || !Skip(ref text, '-') || !Digits(ref text, 2, out var month))
            return false;
        if (year < 1 || month is < 1 or > 12) return false;
        if (Skip(ref text, '-') && !Digits(ref text, 2, out day)) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        ticks = new DateTime(year, month, day).Ticks;
        return text.IsEmpty || (Skip(ref text, 'T') && Time(text, ref ticks));
    }

    private static bool Time(ReadOnlySpan<char> text, ref long ticks)
    {
        int second = 0;
        if (!Digits(ref text, 2, out var hour) || !Skip(ref text, ':') || !Digits(ref text, 2, out var minute))
            return false;
        var hasSeconds = Skip(ref text, ':');
        if (hasSeconds && !Digits(ref text, 2, out second)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        ticks += new TimeSpan(hour, minute, second).Ticks;
        if (hasSeconds && Skip(ref text, '.') && !Fraction(ref text, ref ticks)) return false;
        if (text is "Z") return true;

        var isWest = text is ['-', ..];
        if (!isWest && text is not ['+', ..]) return false;
        text = text[1..];
        if (!Digits(ref text, 2, out hour) || !Skip(ref text, ':') || !Digits(ref text, 2, out minute)) return false;
        ticks += new TimeSpan(hour, minute, 0).Ticks * (isWest ? 1 : -1);
        return text.IsEmpty && hour < 24 && minute < 60;
    }

    /// <summary>Adds the fraction of a second, truncated to ticks.</summary>
    private static bool Fraction(ref ReadOnlySpan<char> text, ref long ticks)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9');
        if (length <= 0) return false;
        for (long i = 0, unit = TimeSpan.TicksPerSecond / 10; i < length; i++, unit /= 10)
            ticks += (text[(int)i] - '0') * unit;
        text = text[length..];
        return true;
    }

    private static bool Digits(ref ReadOnlySpan<char> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count || text[..count].IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        value = int.Parse(text[..count]);
        text = text[count..];
        return true;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected) return false;
        text = text[1..];
        return true;
    }
}
