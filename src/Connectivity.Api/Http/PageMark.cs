using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Connectivity.Api.Http;

/// <summary>The key of the last row of a page: a number, which is often a time in ticks, and a text.</summary>
public readonly record struct PageMark(long Number, string Text) : IParsable<PageMark>
{
    private const char Separator = ':';

    /// <summary>The number as a time; null where no time has so many ticks.</summary>
    public DateTimeOffset? Time => Number >= 0 && Number <= DateTimeOffset.MaxValue.Ticks
        ? new DateTimeOffset(Number, TimeSpan.Zero)
        : null;

    public static PageMark Of(DateTimeOffset time, string text) => new(time.UtcTicks, text);

    public static PageMark Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var mark) ? mark : throw new FormatException();

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PageMark result)
    {
        result = default;
        var at = s?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (at < 1 || !long.TryParse(s.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        result = new PageMark(number, s![(at + 1)..]);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}{Separator}{Text}");
}
