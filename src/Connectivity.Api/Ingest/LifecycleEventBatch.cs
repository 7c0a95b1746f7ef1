using System.Text.Json;

namespace Connectivity.Api.Ingest;

/// <summary>The events of one request body: one JSON object, an array of them, or one on each line.</summary>
public static class LifecycleEventBatch
{
    /// <summary>Levels of nesting; an event needs one.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <exception cref="JsonException">The body is not JSON, or too deep.</exception>
    public static IReadOnlyList<JsonElement?> FromJson(ReadOnlyMemory<byte> body)
    {
        var root = JsonElement.Parse(body.Span, Options);
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().Select(item => (JsonElement?)item)]
            : [root];
    }

    /// <summary>One event for each line that is not blank; null for a line that is not JSON.</summary>
    public static IReadOnlyList<JsonElement?> FromLines(ReadOnlyMemory<byte> body)
    {
        var events = new List<JsonElement?>();
        foreach (var range in body.Span.Split((byte)'\n'))
        {
            var line = body.Span[range];
            if (line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            try
            {
                events.Add(JsonElement.Parse(line, Options));
            }
            catch (JsonException)
            {
                events.Add(null);
            }
        }

        return events;
    }
}
