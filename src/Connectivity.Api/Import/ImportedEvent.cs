using System.Buffers;
using System.Text.Json;
using Connectivity.Api.Ingest;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Import;

/// <summary>A line of an import, or what is wrong with it.</summary>
/// <param name="RecordedAt">When it was recorded first, of an exported event.</param>
public readonly record struct ImportedEvent(LifecycleEvent? Event, DateTimeOffset? RecordedAt, string? Error)
{
    /// <summary>
    /// Reads an event of any form: exported ones and those of <c>POST /v1/lifecycle-events</c>, AWS's presence events,
    /// also wrapped in a <c>payload</c> and with numbers as text, and the output of EMQX's rules.
    /// </summary>
    /// <param name="source">Of an event that names none; null for the default of its form.</param>
    public static ImportedEvent Read(ReadOnlySequence<byte> line, string? source)
    {
        try
        {
            var form = LineForm.Of(line);
            if (form.IsEmqx) return EmqxEventJson.Read(line, source ?? EmqxEventJson.Source);
            var (lifecycleEvent, error) = LifecycleEventJson.Read(
                form.Payload ?? line, source ?? EventSource.Http, acceptsTextNumbers: true);
            return new ImportedEvent(lifecycleEvent, form.RecordedAt, error);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return Bad("the line is not valid JSON");
        }
    }

    internal static ImportedEvent Bad(string error) => new(null, null, error);

    /// <summary>What distinguishes the forms, found without reading any other value.</summary>
    private readonly record struct LineForm(
        bool IsEmqx, ReadOnlySequence<byte>? Payload, DateTimeOffset? RecordedAt)
    {
        public static LineForm Of(ReadOnlySequence<byte> line)
        {
            var reader = new Utf8JsonReader(line);
            var (isEmqx, isOwn) = (false, false);
            ReadOnlySequence<byte>? payload = null;
            DateTimeOffset? recordedAt = null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // A name with escapes is none of these.
                var isPlain = !reader.ValueIsEscaped;
                var names = isPlain ? Named(ref reader) : Name.Other;
                reader.Read();
                var start = reader.TokenStartIndex;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                if (names == Name.RecordedAt && reader.TokenType == JsonTokenType.String
                    && reader.TryGetDateTimeOffset(out var time))
                    recordedAt = Truncate(time);
                reader.Skip();
                isEmqx |= names == Name.EmqxClient;
                isOwn |= names == Name.Client;
                if (names == Name.Payload && isObject) payload = line.Slice(start, reader.BytesConsumed - start);
            }

            return new LineForm(isEmqx && !isOwn, isOwn ? null : payload, recordedAt);
        }

        /// <summary>To whole microseconds, which the database stores.</summary>
        private static DateTimeOffset Truncate(DateTimeOffset time) =>
            new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

        private static Name Named(ref Utf8JsonReader reader) =>
            reader.ValueTextEquals("clientId"u8) ? Name.Client
            : reader.ValueTextEquals("recordedAt"u8) ? Name.RecordedAt
            : reader.ValueTextEquals("clientid"u8) ? Name.EmqxClient
            : reader.ValueTextEquals("payload"u8) ? Name.Payload
            : Name.Other;

        private enum Name
        {
            Other,
            Client,
            RecordedAt,
            EmqxClient,
            Payload,
        }
    }
}
