using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain;
using Connectivity.Projections.History;

namespace Connectivity.Api.Export;

/// <summary>Writes the streams of an account as NDJSON, one event a line, in bounded memory.</summary>
public sealed class EventExport(StreamExport streams)
{
    /// <summary>Bytes that are gathered for one write.</summary>
    private const int WriteSize = 64 * 1024;

    // The lines are read as JSON: what HTML or scripts would need is not escaped.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <returns>The number of events.</returns>
    public async Task<long> RunAsync(
        Account account, ExportFilter filter, bool includeSocketInformation, Stream output,
        CancellationToken cancellationToken)
    {
        var pipe = PipeWriter.Create(
            output, new StreamPipeWriterOptions(minimumBufferSize: WriteSize, leaveOpen: true));
        await using var writer = new Utf8JsonWriter(pipe, Options);
        var count = 0L;
        await foreach (var recorded in streams.ReadAsync(account, filter, cancellationToken))
        {
            ExportedEventJson.Write(writer, recorded, includeSocketInformation);
            writer.EndLine(pipe);
            count++;
            if (pipe.UnflushedBytes >= WriteSize) await pipe.FlushAsync(cancellationToken);
        }

        await pipe.FlushAsync(cancellationToken);
        await pipe.CompleteAsync();
        return count;
    }
}
