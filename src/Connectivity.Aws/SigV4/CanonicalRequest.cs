using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "CanonicalRequest = HTTPRequestMethod + '\n' + CanonicalURI + '\n' + CanonicalQueryString + '\n' + CanonicalHeaders
/// + '\n' + SignedHeaders + '\n' + HexEncode(Hash(RequestPayload))". Source: AWS General Reference, "Create a canonical
/// request".
/// </summary>
public static class CanonicalRequest
{
    /// <summary>
    /// The whole text, for finding out why two signatures differ. It holds no secret key, but it may hold a session
    /// token.
    /// </summary>
    /// <param name="signedHeaders">Lower-case, sorted, separated by semicolons.</param>
    /// <param name="payload">Lower-case hexadecimal SHA-256 of the body, or <c>UNSIGNED-PAYLOAD</c>.</param>
    public static string Text(RequestHead request, string signedHeaders, string payload)
    {
        var text = new CanonicalText(1024);
        Append(ref text, request, signedHeaders, payload);
        var result = Encoding.UTF8.GetString(text.Written);
        text.Dispose();
        return result;
    }

    internal static void Append(
        ref CanonicalText text, RequestHead request, ReadOnlySpan<char> signedHeaders, ReadOnlySpan<char> payload)
    {
        text.Append(request.Method);
        text.Append((byte)'\n');
        CanonicalPath.Append(ref text, request.Path);
        text.Append((byte)'\n');
        CanonicalQuery.Append(ref text, request.Query);
        text.Append((byte)'\n');
        CanonicalHeaders.Append(ref text, request, signedHeaders);
        text.Append((byte)'\n');
        text.Append(signedHeaders);
        text.Append((byte)'\n');
        text.Append(payload);
    }
}
