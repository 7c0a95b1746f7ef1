using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Connectivity.Api.Import;

/// <summary>
/// Splits an input into lines, in bounded memory, and inflates it where its first bytes are those of gzip.
/// </summary>
public static class ImportLines
{
    /// <summary>Bytes: far more than any event has.</summary>
    public const int MaximumLength = 1024 * 1024;

    private const int BufferSize = 128 * 1024;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>A line without its end. Its bytes are valid until the next one is asked for.</summary>
    /// <param name="Number">1 for the first line.</param>
    /// <param name="Text">Empty where the line is too long.</param>
    public readonly record struct Line(long Number, ReadOnlySequence<byte> Text, bool IsTooLong);

    /// <summary>The lines that are not blank. The input stays open: its position is shown until all is stored.</summary>
    /// <exception cref="InvalidDataException">The input begins like gzip, and is not.</exception>
    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = await OpenAsync(input, cancellationToken);
        var (number, isTooLong) = (0L, false);
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (TryTake(ref rest, read.IsCompleted, out var text))
            {
                number++;
                if (number == 1) text = WithoutMark(text);
                if (isTooLong) yield return new Line(number, ReadOnlySequence<byte>.Empty, IsTooLong: true);
                else if (!IsBlank(text)) yield return new Line(number, text, IsTooLong: false);
                isTooLong = false;
            }

            if (rest.Length > MaximumLength)
            {
                isTooLong = true;
                rest = rest.Slice(rest.End);
            }

            pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) break;
        }

        if (isTooLong) yield return new Line(number + 1, ReadOnlySequence<byte>.Empty, IsTooLong: true);
        await pipe.CompleteAsync();
    }

    private static bool TryTake(
        ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> text)
    {
        var reader = new SequenceReader<byte>(rest);
        if (reader.TryReadTo(out text, (byte)'\n'))
        {
            rest = reader.UnreadSequence;
            return true;
        }

        // The last line may have no end.
        text = rest;
        if (!isLast || rest.IsEmpty) return false;
        rest = rest.Slice(rest.End);
        return true;
    }

    private static async Task<PipeReader> OpenAsync(Stream input, CancellationToken cancellationToken)
    {
        var options = new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true);
        var pipe = PipeReader.Create(input, options);
        var first = await pipe.ReadAtLeastAsync(GzipMagic.Length, cancellationToken);
        var isGzip = first.Buffer.Length >= GzipMagic.Length
            && first.Buffer.Slice(0, GzipMagic.Length).ToArray().AsSpan().SequenceEqual(GzipMagic);
        pipe.AdvanceTo(first.Buffer.Start);
        return isGzip
            ? PipeReader.Create(new GZipStream(pipe.AsStream(), CompressionMode.Decompress), options)
            : pipe;
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> text) =>
        text.Length >= ByteOrderMark.Length
        && text.Slice(0, ByteOrderMark.Length).ToArray().AsSpan().SequenceEqual(ByteOrderMark)
            ? text.Slice(ByteOrderMark.Length)
            : text;

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
            if (part.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) return false;
        return true;
    }
}
