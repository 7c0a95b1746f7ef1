using System.Buffers;
using System.Text.Json;

namespace Connectivity.Api.Ingest;

/// <summary>
/// Finds the events of a request body: one JSON object, an array of them, or one on each line. Nothing is made of them
/// here, so that a batch that is too long costs no more than its bytes.
/// </summary>
public static class LifecycleEventBatch
{
    /// <param name="maximum">Events that the body may have.</param>
    /// <returns>The JSON of each event, or null if there are more.</returns>
    /// <exception cref="JsonException">The body is not JSON, or nested in more than 64 levels.</exception>
    public static IReadOnlyList<ReadOnlySequence<byte>>? FromJson(ReadOnlySequence<byte> body, int maximum)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        var items = new List<ReadOnlySequence<byte>>();
        if (!isArray)
        {
            reader.Skip();
            items.Add(body);
        }

        while (isArray && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (items.Count == maximum) return null;
            var start = reader.TokenStartIndex;
            reader.Skip();
            items.Add(body.Slice(start, reader.BytesConsumed - start));
        }

        // Throws if anything follows.
        reader.Read();
        return items;
    }

    /// <inheritdoc cref="FromJson"/>
    /// <returns>Each line that is not blank, whether or not it is JSON, or null if there are more.</returns>
    public static IReadOnlyList<ReadOnlySequence<byte>>? FromLines(ReadOnlySequence<byte> body, int maximum)
    {
        var lines = new List<ReadOnlySequence<byte>>();
        var reader = new SequenceReader<byte>(body);
        while (!reader.End)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            {
                line = reader.UnreadSequence;
                reader.AdvanceToEnd();
            }

            if (IsBlank(line)) continue;
            if (lines.Count == maximum) return null;
            lines.Add(line);
        }

        return lines;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
            if (part.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) return false;
        return true;
    }
}
