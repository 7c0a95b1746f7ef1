using System.IO.Pipelines;
using System.Text.Json;

namespace Connectivity.Api.Http;

/// <summary>NDJSON: a JSON value on each line.</summary>
public static class JsonLines
{
    /// <summary>Ends the line of the value that was written, and makes the writer ready for the next.</summary>
    /// <param name="pipe">That the writer writes to.</param>
    public static void EndLine(this Utf8JsonWriter writer, PipeWriter pipe)
    {
        writer.Flush();
        writer.Reset();
        pipe.GetSpan(1)[0] = (byte)'\n';
        pipe.Advance(1);
    }
}
