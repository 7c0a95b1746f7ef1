using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>A report as it lies on disk: a line of JSON. A host of another release may read it.</summary>
internal sealed record SpilledEvent(SpilledAge Age, ThingConnected? Connected, ThingDisconnected? Disconnected)
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
    public static byte[] ToLines(IEnumerable<PendingEvent> events)
    {
        using var lines = new MemoryStream();
        foreach (var pending in events)
        {
            JsonSerializer.Serialize(
                lines, new SpilledEvent(
                    pending.Backdating == Backdating.Allowed ? SpilledAge.Any : SpilledAge.PresentLife, pending.Event as ThingConnected, pending.Event as ThingDisconnected), Format);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <summary>Null where the line is none that was written whole.</summary>
    /// <param name="line">Without its end.</param>
    public static PendingEvent? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<SpilledEvent>(line, Format) is { } spilled
                && ((LifecycleEvent?)spilled.Connected ?? spilled.Disconnected) is { ClientId: not null, Session: not null, Socket: not null } lifecycleEvent
                ? new PendingEvent(lifecycleEvent, spilled.Age == SpilledAge.Any ? Backdating.Allowed : Backdating.Disallowed)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary><see cref="Backdating"/> as it lies on disk. The names never change.</summary>
internal enum SpilledAge
{
    PresentLife,
    Any,
}
