using System.Text;
using System.Text.Json;
using Connectivity.Aws.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// The meaning of a request by the specification, as a reference implementation that shares no code with the one under
/// test: equivalent requests have the same meaning.
/// </summary>
internal static class PlainMeaning
{
    /// <param name="signedHeaders">Those that a signature covers, separated by semicolons.</param>
    public static string Of(RequestHead request, byte[] body, string signedHeaders)
    {
        var signed = signedHeaders.Split(';');
        return JsonSerializer.Serialize(new
        {
            Method = Unicode(request.Method),
            Path = Path(request.Target),
            Query = Query(request.Target),
            Headers = signed.Select(name => $"{name}: {string.Join(',', Values(request, name))}"),
            // All of these must be covered, except two that do not change the meaning.
            Amazon = request.Headers.Select(header => header.Key.ToLowerInvariant())
                .Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal)
                    && name is not ("x-amz-user-agent" or "x-amz-cf-id"))
                .Except(signed),
            Body = Convert.ToHexString(body),
        });
    }

    /// <summary>Resolves dot segments and drops empty segments, except the last.</summary>
    private static string Path(string target)
    {
        var path = target.Split('?')[0];
        if (!path.StartsWith('/')) path = "/" + string.Join('/', path.Split('/').Skip(3));
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".") continue;
            if (segment != "..") segments.Add(Unicode(segment));
            else if (segments.Count > 0) segments.RemoveAt(segments.Count - 1);
        }

        return string.Join('/', segments) + (segments.Count > 0 && path.EndsWith('/') ? "/" : "");
    }

    /// <summary>Sorted, each name and value as its decoded bytes. The signature cannot cover itself.</summary>
    private static IEnumerable<string> Query(string target) => string.Join('?', target.Split('?').Skip(1)).Split('&')
        .Where(pair => pair.Length > 0)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Name: Bytes(pair[0]), Value: Bytes(pair.Length > 1 ? pair[1] : "")))
        .Where(pair => pair.Name != Bytes("X-Amz-Signature"))
        .Select(pair => $"{pair.Name}={pair.Value}")
        .Order(StringComparer.Ordinal);

    private static string Bytes(string encoded)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length
                && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.Add(Convert.ToByte(encoded.Substring(i + 1, 2), 16));
                i += 2;
            }
            else if (encoded[i] == '+') bytes.Add((byte)' ');
            else if (char.IsSurrogatePair(encoded, i))
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded.Substring(i++, 2)));
            else bytes.AddRange(Encoding.UTF8.GetBytes(encoded[i].ToString()));
        }

        return Convert.ToHexString(bytes.ToArray());
    }

    private static IEnumerable<string> Values(RequestHead request, string name) => request.Headers
        .Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(header => header.Value.Trim(' ', '\t').Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Select(words => Unicode(string.Join(' ', words)));

    /// <summary>Replaces invalid UTF-16 with the replacement character.</summary>
    private static string Unicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
