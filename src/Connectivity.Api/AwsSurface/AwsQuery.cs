using System.Globalization;
using Connectivity.Api.Http;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>Request members that the AWS model places in the query string.</summary>
public static class AwsQuery
{
    public static string? AwsString(this IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? CheckText(values[^1]!, name) : null;

    public static bool AwsBoolean(this IQueryCollection query, string name) =>
        query.AwsString(name) is { } value
        && (bool.TryParse(value, out var flag)
            ? flag
            : throw new AwsException(AwsError.Serialization($"'{name}' must be true or false")));

    public static long? AwsLong(this IQueryCollection query, string name)
    {
        if (query.AwsString(name) is not { } value) return null;
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new AwsException(AwsError.Serialization($"'{name}' must be a whole number"));
    }

    /// <summary>The page size: 1 to <paramref name="maximum"/>, which is also the default.</summary>
    public static int MaxResults(this IQueryCollection query, int maximum)
    {
        if (query.AwsLong("maxResults") is not { } value) return maximum;
        if (value >= 1 && value <= maximum) return (int)value;
        var constraints = new Constraints();
        constraints.Violated(
            value.ToString(CultureInfo.InvariantCulture), "maxResults",
            value < 1
                ? "Member must have value greater than or equal to 1"
                : $"Member must have value less than or equal to {maximum}");
        constraints.ThrowIfViolated();
        return maximum;
    }

    /// <summary>Where the previous page of the listing ended; empty where no token is given.</summary>
    public static string Position(this IQueryCollection query, string listing)
    {
        if (query.AwsString("nextToken") is not { } token) return "";
        return PageToken.TryRead<string>(token, listing, out var position)
            ? position
            : throw new AwsException(AwsError.InvalidRequest("Invalid nextToken"));
    }

    private static string CheckText(string value, string name) => StorableText.Of(value)
        ?? throw new AwsException(AwsError.Serialization($"'{name}' has a NUL character"));
}
