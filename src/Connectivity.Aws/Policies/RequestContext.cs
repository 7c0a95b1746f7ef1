namespace Connectivity.Aws.Policies;

/// <summary>
/// The condition keys of a request, each with one or several values. Names are not case-sensitive, except the name of
/// an attribute in brackets, which is a name of the registry. Creating one takes two allocations for up to 20 keys, or
/// 4 beside those that it shares. It must not change during a decision. Source: IAM User Guide, "AWS global condition
/// context keys".
/// </summary>
/// <param name="shared">
/// Keys that several requests have in common, such as those of a connection; each request can override them.
/// </param>
public sealed class RequestContext(RequestContext? shared = null)
{
    // For a dozen keys a linear search is faster than hashing, and needs one array.
    private Entry[] _entries = new Entry[shared is null ? 20 : 4];
    private int _count;

    /// <summary>Sets or replaces the value of a key.</summary>
    /// <param name="value">Null leaves the context unchanged.</param>
    public RequestContext Set(string key, string? value) =>
        value is null ? this : Put(new Entry(key, value, null));

    /// <summary>Sets or replaces the values of a key. A key without values counts as absent.</summary>
    public RequestContext Set(string key, IEnumerable<string> values) =>
        Put(new Entry(key, null, values.ToArray()));

    internal ContextValues Find(string key)
    {
        for (var i = 0; i < _count; i++)
            if (IsSame(_entries[i].Key, key)) return new ContextValues(_entries[i].One, _entries[i].Many);
        return shared?.Find(key) ?? default;
    }

    private RequestContext Put(Entry entry)
    {
        for (var i = 0; i < _count; i++)
        {
            if (!IsSame(_entries[i].Key, entry.Key)) continue;
            _entries[i] = entry;
            return this;
        }
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        _entries[_count++] = entry;
        return this;
    }

    private static bool IsSame(string one, string other)
    {
        if (!one.Equals(other, StringComparison.OrdinalIgnoreCase)) return false;
        var bracket = one.IndexOf('[');
        return bracket < 0 || one.AsSpan(bracket).SequenceEqual(other.AsSpan(bracket));
    }

    private readonly record struct Entry(string Key, string? One, string[]? Many);
}

/// <summary>The values of a condition key; empty where the key is absent.</summary>
internal readonly struct ContextValues(string? one, string[]? many)
{
    public int Count => one is not null ? 1 : many?.Length ?? 0;

    public string this[int index] => one ?? many![index];

    /// <summary>The value of a key with exactly one, else null.</summary>
    public string? Single => Count == 1 ? this[0] : null;

    /// <summary>Whether all values are empty strings, which IAM calls a null data set.</summary>
    public bool AreEmpty
    {
        get
        {
            for (var i = 0; i < Count; i++)
                if (this[i].Length > 0) return false;
            return true;
        }
    }
}
