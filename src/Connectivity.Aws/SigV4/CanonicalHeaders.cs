using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "To create the canonical headers list, convert all header names to lowercase and remove leading spaces and trailing
/// spaces. Convert sequential spaces in the header value to a single space. … append … a comma-separated list of values
/// for headers with multiple values. Do not sort the values in headers that have multiple values. … Append a new line."
/// Source: AWS General Reference, "Create a canonical request". A tab counts as a space, as it does for every AWS SDK.
/// </summary>
internal static class CanonicalHeaders
{
    /// <param name="signedHeaders">Lower-case and sorted; only these are covered.</param>
    public static void Append(ref CanonicalText text, RequestHead request, ReadOnlySpan<char> signedHeaders)
    {
        foreach (var name in new NameList(signedHeaders))
        {
            text.Append(name);
            text.Append((byte)':');
            var first = true;
            foreach (var header in request.HeaderSpan)
            {
                if (!Ascii.EqualsIgnoreCase(header.Key, name)) continue;
                if (!first) text.Append((byte)',');
                first = false;
                AppendValue(ref text, header.Value);
            }

            text.Append((byte)'\n');
        }
    }

    private static void AppendValue(ref CanonicalText text, ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t");
        while (!value.IsEmpty)
        {
            var space = value.IndexOfAny(' ', '\t');
            if (space < 0) space = value.Length;
            text.Append(value[..space]);
            if (space < value.Length) text.Append((byte)' ');
            value = value[space..].TrimStart(" \t");
        }
    }
}
