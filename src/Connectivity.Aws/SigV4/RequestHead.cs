using System.Runtime.InteropServices;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// The request line and the headers, exactly as received: what a signature covers besides the body. A host adds every
/// header it received, in order, a repeated one once for each value.
/// </summary>
/// <param name="method">Such as <c>POST</c>.</param>
/// <param name="target">
/// The raw request target, not decoded: <c>/things/a%3Ab/connectivity-data?x=y</c>, or the same after
/// <c>http://host</c>.
/// </param>
public sealed class RequestHead(string method, string target)
{
    private readonly List<KeyValuePair<string, string>> _headers = new(16);

    public string Method => method;

    public string Target => target;

    /// <summary>In the order they were added.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <param name="value">As received; null becomes empty.</param>
    public void Add(string name, string? value) => _headers.Add(new(name, value ?? ""));

    internal ReadOnlySpan<KeyValuePair<string, string>> HeaderSpan => CollectionsMarshal.AsSpan(_headers);

    /// <summary>Everything before the first <c>?</c>.</summary>
    internal ReadOnlySpan<char> Path
    {
        get
        {
            var origin = OriginForm;
            var query = origin.IndexOf('?');
            return query < 0 ? origin : origin[..query];
        }
    }

    /// <summary>Everything after the first <c>?</c>; empty if there is no <c>?</c>.</summary>
    internal ReadOnlySpan<char> Query
    {
        get
        {
            var query = target.IndexOf('?');
            return query < 0 ? default : target.AsSpan(query + 1);
        }
    }

    /// <summary>RFC 9112, 3.2.2: "a server MUST accept the absolute-form in requests".</summary>
    private ReadOnlySpan<char> OriginForm
    {
        get
        {
            if (target.StartsWith('/')) return target;
            var scheme = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
                : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
            if (scheme == 0) return target;
            var authority = target.AsSpan(scheme).IndexOfAny('/', '?');
            return authority < 0 ? "/" : target.AsSpan(scheme + authority);
        }
    }

    /// <summary>The value of a header that may occur once.</summary>
    /// <param name="count">How often it occurs; the value returned is the first.</param>
    internal string? First(string name, out int count)
    {
        string? first = null;
        count = 0;
        foreach (var header in HeaderSpan)
        {
            if (!Ascii.EqualsIgnoreCase(header.Key, name)) continue;
            first ??= header.Value;
            count++;
        }

        return first;
    }
}
