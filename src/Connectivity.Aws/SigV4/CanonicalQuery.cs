using System.Buffers;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "URI-encode each parameter name and value … Sort the parameter names by character code point in ascending order.
/// Parameters with duplicate names should be sorted by value … use an empty string as the value for parameters that
/// have no value." Source: AWS General Reference, "Create a canonical request". <c>X-Amz-Signature</c> cannot cover
/// itself and is left out.
/// </summary>
internal static class CanonicalQuery
{
    public static void Append(ref CanonicalText text, ReadOnlySpan<char> query)
    {
        if (query.IsEmpty) return;
        var encoded = new CanonicalText(query.Length * 2);
        var parameters = ArrayPool<Parameter>.Shared.Rent(query.Count('&') + 1);
        var count = Encode(query, ref encoded, parameters);
        parameters.AsSpan(0, count).Sort(new ByNameThenValue(encoded.Buffer));
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append((byte)'&');
            text.Append(parameters[i].Name(encoded.Buffer));
            text.Append((byte)'=');
            text.Append(parameters[i].Value(encoded.Buffer));
        }

        ArrayPool<Parameter>.Shared.Return(parameters);
        encoded.Dispose();
    }

    private static int Encode(ReadOnlySpan<char> query, ref CanonicalText encoded, Parameter[] parameters)
    {
        var count = 0;
        foreach (var pair in new QueryPairs(query))
        {
            var start = encoded.Length;
            encoded.AppendReencoded(pair.Name);
            var nameEnd = encoded.Length;
            if (encoded.Written[start..].SequenceEqual("X-Amz-Signature"u8)) continue;
            encoded.AppendReencoded(pair.Value);
            parameters[count++] = new(start, nameEnd, encoded.Length);
        }

        return count;
    }

    /// <summary>
    /// Offsets in the buffer of encoded text: a name's start and end, and the end of the value that follows.
    /// </summary>
    private readonly record struct Parameter(int Start, int NameEnd, int End)
    {
        public ReadOnlySpan<byte> Name(byte[] encoded) => encoded.AsSpan(Start, NameEnd - Start);

        public ReadOnlySpan<byte> Value(byte[] encoded) => encoded.AsSpan(NameEnd, End - NameEnd);
    }

    private readonly struct ByNameThenValue(byte[] encoded) : IComparer<Parameter>
    {
        public int Compare(Parameter x, Parameter y)
        {
            var byName = x.Name(encoded).SequenceCompareTo(y.Name(encoded));
            return byName != 0 ? byName : x.Value(encoded).SequenceCompareTo(y.Value(encoded));
        }
    }
}
