using System.Buffers;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "The list of headers that you included in canonical headers, separated by semicolons … Header names must be
/// lowercase characters and appear in alphabetical order. … you must include the host header … and any x-amz-* headers
/// in the request." Source: IAM User Guide, "Create a signed AWS API request".
/// </summary>
internal static class SignedHeaderList
{
    /// <summary>The maximum that one signature may name, which bounds the work of looking them up.</summary>
    public const int MaximumCount = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <returns>The error of the list itself or for this request; null if both are valid.</returns>
    public static AwsError? Check(string signedHeaders, RequestHead request)
    {
        var list = new NameList(signedHeaders);
        var count = 0;
        ReadOnlySpan<char> previous = default;
        var host = false;
        foreach (var name in list)
        {
            if (++count > MaximumCount)
                return AwsError.IncompleteSignature($"'SignedHeaders' must name at most {MaximumCount} headers.");
            if (name.IsEmpty || name.ContainsAnyExcept(NameCharacters) || previous.SequenceCompareTo(name) >= 0)
            {
                return AwsError.IncompleteSignature(
                    "'SignedHeaders' must be lower-case header names, sorted, each once, separated by semicolons.");
            }

            if (CheckValues(name, request) is { } error) return error;
            host |= name is "host";
            previous = name;
        }

        return host ? CheckAmazonHeaders(list, request) : Unsigned("Host' or ':authority");
    }

    private static AwsError? CheckValues(ReadOnlySpan<char> name, RequestHead request)
    {
        var present = false;
        foreach (var header in request.HeaderSpan)
        {
            if (!Ascii.EqualsIgnoreCase(header.Key, name)) continue;
            present = true;
            // HTTP does not allow it, and one header could pass for two.
            if (header.Value.AsSpan().ContainsAny('\r', '\n'))
                return AwsError.IncompleteSignature($"Header '{name}' must be one line.");
        }

        return present
            ? null
            : AwsError.InvalidSignature($"Header '{name}' is in 'SignedHeaders' but not in the request.");
    }

    private static AwsError? CheckAmazonHeaders(NameList list, RequestHead request)
    {
        foreach (var header in request.HeaderSpan)
        {
            if (!header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || MayBeUnsigned(header.Key))
                continue;
            if (!list.Contains(header.Key)) return Unsigned(header.Key);
        }

        return null;
    }

    /// <summary>
    /// The AWS SDK for .NET never signs its <c>x-amz-user-agent</c>, and CloudFront adds <c>x-amz-cf-id</c> to the
    /// requests it forwards. Neither changes the meaning of a request.
    /// </summary>
    private static bool MayBeUnsigned(string name) =>
        name.Equals("x-amz-user-agent", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-amz-cf-id", StringComparison.OrdinalIgnoreCase);

    private static AwsError Unsigned(string name) =>
        AwsError.InvalidSignature($"'{name}' must be a 'SignedHeader' in the AWS Authorization.");
}
