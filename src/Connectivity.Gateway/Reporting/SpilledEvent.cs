using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>The form of an event on disk: a line of JSON. A host of another release may read it.</summary>
internal sealed record SpilledEvent(SpilledAge Age, ThingConnected? Connected, ThingDisconnected? Disconnected)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        // Computed properties are not stored.
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // The file is never shown in a browser; this encoder escapes line breaks too.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Returns a line for each event, with its line break.</summary>
    public static byte[] ToLines(IEnumerable<PendingEvent> events)
    {
        using var lines = new MemoryStream();
        foreach (var pending in events)
        {
            var age = pending.Backdating == Backdating.Allowed ? SpilledAge.Any : SpilledAge.PresentLife;
            var spilled = new SpilledEvent(age, pending.Event as ThingConnected, pending.Event as ThingDisconnected);
            JsonSerializer.Serialize(lines, spilled, Format);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <summary>A member that the line lacks has its default value, also where its type excludes null.</summary>
    private static bool IsComplete(LifecycleEvent lifecycleEvent) =>
        lifecycleEvent is { ClientId: not null, Session: not null, Socket: not null }
        && lifecycleEvent.Connection is { Source: not null, SessionIdentifier: not null }
        && lifecycleEvent.OccurredAt != default;

    /// <summary>Returns null if the line is not a complete event.</summary>
    /// <param name="line">Without its line break.</param>
    public static PendingEvent? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            if (JsonSerializer.Deserialize<SpilledEvent>(line, Format) is not { } spilled) return null;
            return ((LifecycleEvent?)spilled.Connected ?? spilled.Disconnected) is { } lifecycleEvent
                && IsComplete(lifecycleEvent)
                ? new PendingEvent(
                    lifecycleEvent, spilled.Age == SpilledAge.Any ? Backdating.Allowed : Backdating.Disallowed)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>
/// <see cref="Backdating"/> as stored on disk, under the names of earlier releases. The names never change.
/// </summary>
internal enum SpilledAge
{
    PresentLife,
    Any,
}
