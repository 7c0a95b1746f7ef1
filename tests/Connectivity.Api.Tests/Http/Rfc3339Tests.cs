using Connectivity.Api.Http;
using CsCheck;

namespace Connectivity.Api.Tests.Http;

/// <summary>Source: RFC 3339, section 5.6, and its examples in section 5.8.</summary>
public sealed class Rfc3339Tests
{
    /// <summary>A time, and the same in UTC to the tick.</summary>
    public static TheoryData<string, string> Times => new()
    {
        { "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.5200000" },
        { "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.0000000" },
        { "1990-12-31T23:59:60Z", "1990-12-31T23:59:59.9990000" },
        { "1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59.9990000" },
        { "1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.8700000" },
        { "2026-11-23T12:00:59.123456789Z", "2026-11-23T12:00:59.1234567" },
        { "2026-11-23T12:00:59.99999999999999999999Z", "2026-11-23T12:00:59.9999999" },
        { "2026-11-23T12:00:60.5Z", "2026-11-23T12:00:59.9990000" },
        { "2026-11-23t12:00:00z", "2026-11-23T12:00:00.0000000" },
        { "2026-11-23T12:00:00-00:00", "2026-11-23T12:00:00.0000000" },
        { "2026-11-23T12:00:00+23:59", "2026-11-22T12:01:00.0000000" },
        { "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000" },
        { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000" },
        { "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999" },
    };

    public static TheoryData<string, string> Errors => new()
    {
        { "2026-11-23T12:00:00", "has no offset from UTC" },
        { "2026-11-23T12:00:00.5", "has no offset from UTC" },
        { "", "must be a time such as" },
        { "yesterday", "must be a time such as" },
        { "2026-11-23", "must be a time such as" },
        { "1764000000", "must be a time such as" },
        { "2026-11-23 12:00:00Z", "must be a time such as" },
        { "2026-11-23T12:00:00 01:00", "must be a time such as" },
        { "2026-11-23T12:00Z", "must be a time such as" },
        { "2026-11-23T12:00:00.Z", "must be a time such as" },
        { "2026-11-23T12:00:00,5Z", "must be a time such as" },
        { "2026-11-23T12:00:00+01", "must be a time such as" },
        { "2026-11-23T12:00:00+0100", "must be a time such as" },
        { "2026-11-23T12:00:00Z\n", "must be a time such as" },
        { " 2026-11-23T12:00:00Z", "must be a time such as" },
        { "\u0662026-11-23T12:00:00Z", "must be a time such as" },
        { "2026-13-23T12:00:00Z", "is not a time that exists" },
        { "2026-02-29T12:00:00Z", "is not a time that exists" },
        { "2026-11-23T24:00:00Z", "is not a time that exists" },
        { "2026-11-23T12:60:00Z", "is not a time that exists" },
        { "2026-11-23T12:00:61Z", "is not a time that exists" },
        { "2026-11-23T12:00:00+24:00", "is not a time that exists" },
        { "2026-11-23T12:00:00+01:60", "is not a time that exists" },
        { "0000-01-01T00:00:00Z", "is not a time that exists" },
        { "0001-01-01T00:00:00+00:01", "is not a time that exists" },
        { "9999-12-31T23:59:59-00:01", "is not a time that exists" },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void Reads_a_time(string text, string utc)
    {
        Rfc3339.TryParse(text, out var time, out var error).ShouldBeTrue(error);
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff").ShouldBe(utc);
        time.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Refuses_what_is_no_time_with_the_reason(string text, string reason)
    {
        Rfc3339.TryParse(text, out _, out var error).ShouldBeFalse();
        error.ShouldStartWith(reason);
    }

    [Fact]
    public void Reads_every_time_with_every_offset_and_number_of_digits() => Gen.Select(
        Gen.Long[DateTime.MinValue.AddDays(1).Ticks, DateTime.MaxValue.AddDays(-1).Ticks],
        Gen.Int[-(23 * 60 + 59), 23 * 60 + 59], Gen.Int[0, 30], Gen.Bool)
        .Sample((ticks, offset, digits, isLower) =>
        {
            var local = new DateTime(ticks).AddMinutes(offset);
            var fraction = digits == 0 ? "" : "." + local.ToString("fffffff").PadRight(digits, '9')[..digits];
            var sign = offset < 0 ? '-' : '+';
            var (hours, minutes) = Math.DivRem(Math.Abs(offset), 60);
            var text = $"{local:yyyy-MM-dd'T'HH:mm:ss}{fraction}{sign}{hours:00}:{minutes:00}";
            var unit = (long)Math.Pow(10, Math.Max(0, 7 - digits));

            Rfc3339.TryParse(isLower ? text.ToLowerInvariant() : text, out var time, out var error)
                .ShouldBeTrue(error);
            time.Ticks.ShouldBe(ticks - ticks % unit);
        });

    [Fact]
    public void Never_fails_on_any_text() => Gen.String.Sample(text => { Rfc3339.TryParse(text, out _, out _); });
}
