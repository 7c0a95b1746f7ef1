using Connectivity.Aws.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// Requests written as they look on the wire. White space around a header's value is not part of it (RFC 9110, 5.5).
/// </summary>
internal static class Wire
{
    /// <param name="lines">The request line without its version, then one header per line.</param>
    public static RequestHead Request(string lines)
    {
        var all = lines.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var space = all[0].IndexOf(' ');
        var request = new RequestHead(all[0][..space], all[0][(space + 1)..]);
        foreach (var line in all.Skip(1))
        {
            var colon = line.IndexOf(':');
            request.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return request;
    }

    public static RequestHead Copy(RequestHead request, string? method = null, string? target = null)
    {
        var copy = new RequestHead(method ?? request.Method, target ?? request.Target);
        foreach (var (name, value) in request.Headers) copy.Add(name, value);
        return copy;
    }

    /// <summary>The request with the value of one header changed.</summary>
    public static RequestHead WithHeader(RequestHead request, int index, string value)
    {
        var copy = new RequestHead(request.Method, request.Target);
        for (var i = 0; i < request.Headers.Count; i++)
            copy.Add(request.Headers[i].Key, i == index ? value : request.Headers[i].Value);
        return copy;
    }

    public static RequestHead Without(RequestHead request, string header)
    {
        var copy = new RequestHead(request.Method, request.Target);
        foreach (var (name, value) in request.Headers)
        {
            if (name != header) copy.Add(name, value);
        }

        return copy;
    }

    public static RequestHead With(RequestHead request, string header, string value)
    {
        var copy = Copy(request);
        copy.Add(header, value);
        return copy;
    }
}
