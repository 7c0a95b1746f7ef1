using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>A report as it lies on disk: a line of JSON. A host of another release may read it.</summary>
internal sealed record SpilledReport(Age Age, ThingConnected? Connected, ThingDisconnected? Disconnected)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        // What an event derives is derived again.
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // No browser reads it; a line break is escaped by this one too.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The lines of all of them, each with its end.</summary>
    public static byte[] ToLines(IEnumerable<Report> reports)
    {
        using var lines = new MemoryStream();
        foreach (var report in reports)
        {
            JsonSerializer.Serialize(
                lines, new SpilledReport(report.Age, report.Event as ThingConnected, report.Event as ThingDisconnected), Format);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <summary>Null where the line is none that was written whole.</summary>
    /// <param name="line">Without its end.</param>
    public static Report? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<SpilledReport>(line, Format) is { } spilled
                && ((LifecycleEvent?)spilled.Connected ?? spilled.Disconnected) is { ClientId: not null, Session: not null, Socket: not null } lifecycleEvent
                ? new Report(lifecycleEvent, spilled.Age)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
