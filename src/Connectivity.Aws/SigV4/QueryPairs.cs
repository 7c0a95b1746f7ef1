namespace Connectivity.Aws.SigV4;

/// <summary>
/// The parameters of a raw query, still encoded, in their order. Only <c>&amp;</c> separates them; an empty part is
/// skipped; a part without <c>=</c> is a name with an empty value.
/// </summary>
internal ref struct QueryPairs(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> _rest = query;

    public Pair Current { get; private set; }

    public readonly QueryPairs GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf('&');
            var part = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf('=');
            Current = equals < 0 ? new(part, default) : new(part[..equals], part[(equals + 1)..]);
            return true;
        }

        return false;
    }

    public readonly ref struct Pair(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        public ReadOnlySpan<char> Name { get; } = name;

        public ReadOnlySpan<char> Value { get; } = value;
    }
}
