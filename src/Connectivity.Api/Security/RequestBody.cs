using System.Buffers;
using Connectivity.Api.Http;

namespace Connectivity.Api.Security;

/// <summary>The body of a request: held in memory until the response is complete.</summary>
public sealed class RequestBody(HeldBytes bytes, byte[] hash) : IDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private HeldBytes _bytes = bytes;
    private bool _isInflated;

    /// <summary>SHA-256 of the bytes that were sent.</summary>
    public byte[] Hash { get; } = hash;

    public void ChargeTo(ByteBudget budget, string caller) => _bytes.ChargeTo(budget, caller);

    /// <summary>The text in the body: inflated, and without a byte order mark (RFC 8259, section 8.1).</summary>
    /// <param name="limit">Bytes that the content may have.</param>
    /// <exception cref="BadHttpRequestException">
    /// It is not gzip where it should be (400), or too large (413).
    /// </exception>
    /// <exception cref="BudgetExceededException">There is no room for the content.</exception>
    public ReadOnlySequence<byte> Content(bool isGzip, long limit)
    {
        if (isGzip && !_isInflated) Inflate(limit);
        var content = _bytes.Bytes;
        Span<byte> first = stackalloc byte[ByteOrderMark.Length];
        if (content.Length < first.Length) return content;
        content.Slice(0, first.Length).CopyTo(first);
        return first.SequenceEqual(ByteOrderMark) ? content.Slice(first.Length) : content;
    }

    public void Dispose() => _bytes.Dispose();

    private void Inflate(long limit)
    {
        var inflated = _bytes.Beside();
        try
        {
            ContentCoding.Inflate(_bytes.Bytes, inflated, limit);
        }
        catch
        {
            inflated.Dispose();
            throw;
        }

        _bytes.Dispose();
        (_bytes, _isInflated) = (inflated, true);
    }
}
