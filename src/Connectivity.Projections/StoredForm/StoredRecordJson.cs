using System.Text.Json;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.StoredForm;

/// <summary>
/// The stored form of a record: its thing, and its two events as <see cref="StoredEventJson"/> has them.
/// </summary>
internal static class StoredRecordJson
{
    public static void Write(Utf8JsonWriter writer, ConnectivityRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("thingId"u8, record.ThingId);
        WriteEvent("connect"u8, record.Connect);
        WriteEvent("disconnect"u8, record.Disconnect);
        writer.WriteEndObject();

        void WriteEvent(ReadOnlySpan<byte> name, LifecycleEvent? lifecycleEvent)
        {
            if (lifecycleEvent is null) return;
            writer.WritePropertyName(name);
            StoredEventJson.Write(writer, lifecycleEvent);
        }
    }

    public static ConnectivityRecord Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader);
    }

    /// <param name="reader">At the start of the object; afterwards at its end.</param>
    public static ConnectivityRecord Read(ref Utf8JsonReader reader)
    {
        var thingId = "";
        ThingConnected? connect = null;
        ThingDisconnected? disconnect = null;
        while (reader.ReadsMember())
        {
            if (reader.IsMember("thingId"u8)) thingId = reader.GetString() ?? "";
            else if (reader.IsMember("connect"u8)) connect = StoredEventJson.ReadConnected(ref reader);
            else if (reader.IsMember("disconnect"u8)) disconnect = StoredEventJson.ReadDisconnected(ref reader);
            else reader.SkipMember();
        }

        return new ConnectivityRecord(thingId, connect, disconnect);
    }
}
