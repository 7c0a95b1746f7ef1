using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;

namespace Connectivity.Api.Changes;

/// <summary>
/// Changes up to the present, one a line: <c>{"cursor":…,"event":{…}}</c>, and at the end the cursor where the next
/// replay goes on, <c>{"cursor":…}</c>. An answer without that last line was cut off; the last line that arrived has
/// the cursor.
/// </summary>
internal sealed class NdjsonChanges(
    IAsyncEnumerable<ChangePage> pages, ChangeConsumer consumer, ChangeCursor after) : IResult
{
    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = GetChanges.Ndjson;
        var body = context.Response.BodyWriter;
        using var writer = new Utf8JsonWriter(
            body, new JsonWriterOptions { SkipValidation = true, Encoder = AnswerJson.Options.Encoder });
        try
        {
            await foreach (var page in pages)
            {
                if (!consumer.IsAllowed()) return;
                foreach (var (cursor, item) in consumer.Of(page))
                {
                    writer.WriteStartObject();
                    writer.WriteString("cursor"u8, cursor.ToString());
                    writer.WritePropertyName("event"u8);
                    JsonSerializer.Serialize(writer, item, AnswerJson.Options);
                    writer.WriteEndObject();
                    writer.EndLine(body);
                }

                after = page.End;
                var flushed = await body.FlushAsync(context.RequestAborted);
                if (flushed.IsCompleted) return;
            }
        }
        catch (Exception error) when (context.Response.HasStarted && DatabaseErrors.IsUnavailable(error))
        {
            // An answer that looks complete would be wrong.
            context.Abort();
            return;
        }
        catch (FeedEndedException)
        {
            // Without the last line, the client asks again, and learns that the cursor has ended.
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("cursor"u8, after.ToString());
        writer.WriteEndObject();
        writer.EndLine(body);
        await body.FlushAsync(context.RequestAborted);
    }
}
