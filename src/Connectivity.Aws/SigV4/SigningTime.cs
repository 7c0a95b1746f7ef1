using System.Globalization;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "The date and time used in the credential scope … in ISO 8601 format, for example, 20220830T123600Z": from
/// <c>x-amz-date</c>, or where that is absent from <c>Date</c>, which may be an HTTP date. Source: IAM User Guide,
/// "Elements of an AWS API request signature".
/// </summary>
internal static class SigningTime
{
    public const string Missing =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";

    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";

    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString(Basic, CultureInfo.InvariantCulture);

    /// <returns>Null where the time was read.</returns>
    public static AwsError? Read(string date, out DateTimeOffset time) =>
        TryReadBasic(date, out time) ? null : AwsError.IncompleteSignature("Date must be in ISO-8601 'basic format'.");

    /// <summary>The time of a header-form request.</summary>
    public static AwsError? Read(RequestHead request, out DateTimeOffset time)
    {
        time = default;
        if (request.First("x-amz-date", out var count) is { } date)
            return count == 1
                ? Read(date, out time)
                : AwsError.IncompleteSignature("Header 'X-Amz-Date' must occur once.");
        if (request.First("date", out count) is not { } http) return AwsError.IncompleteSignature(Missing);
        if (count != 1) return AwsError.IncompleteSignature("Header 'Date' must occur once.");
        return TryReadHttpDate(http, out time) ? null : Read(http, out time);
    }

    private static bool TryReadBasic(string date, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            date, Basic, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static bool TryReadHttpDate(string date, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
