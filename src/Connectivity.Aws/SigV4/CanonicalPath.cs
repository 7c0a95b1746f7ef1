namespace Connectivity.Aws.SigV4;

/// <summary>
/// "Normalize URI paths according to RFC 3986. Remove redundant and relative path components. Each path segment must be
/// URI-encoded twice (except for Amazon S3 which only gets URI-encoded once)." Source: AWS General Reference, "Create a
/// canonical request". The path on the wire is encoded once already, so each segment is encoded once more:
/// <c>/a%3Ab</c> becomes <c>/a%253Ab</c>.
/// </summary>
internal static class CanonicalPath
{
    public static void Append(ref CanonicalText text, ReadOnlySpan<char> path)
    {
        var start = text.Length;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty || segment is ".") continue;
            if (segment is "..")
            {
                RemoveLastSegment(ref text, start);
                continue;
            }

            text.Append((byte)'/');
            text.AppendEncoded(segment);
        }

        if (text.Length == start || path[^1] == '/') text.Append((byte)'/');
    }

    private static void RemoveLastSegment(ref CanonicalText text, int start) =>
        text.Truncate(start + Math.Max(0, text.Written[start..].LastIndexOf((byte)'/')));
}
