using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>The names of a list such as <c>host;x-amz-date</c>, in its order.</summary>
internal ref struct NameList(ReadOnlySpan<char> names)
{
    private ReadOnlySpan<char> _rest = names;
    private bool _ended;

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly NameList GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_ended) return false;
        var end = _rest.IndexOf(';');
        _ended = end < 0;
        Current = _ended ? _rest : _rest[..end];
        _rest = _ended ? default : _rest[(end + 1)..];
        return true;
    }

    public readonly bool Contains(ReadOnlySpan<char> name)
    {
        foreach (var candidate in this)
        {
            if (Ascii.EqualsIgnoreCase(candidate, name)) return true;
        }

        return false;
    }
}
