using System.Text.Json;
using System.Text.Json.Serialization;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.StoredForm;

/// <summary>Give Marten's own reads and writes the same stored form.</summary>
internal static class StoredJsonConverters
{
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new Connected());
        options.Converters.Add(new Disconnected());
        options.Converters.Add(new Record());
    }

    private sealed class Connected : JsonConverter<ThingConnected>
    {
        public override ThingConnected Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            StoredEventJson.ReadConnected(ref reader);

        public override void Write(Utf8JsonWriter writer, ThingConnected value, JsonSerializerOptions options) =>
            StoredEventJson.Write(writer, value);
    }

    private sealed class Disconnected : JsonConverter<ThingDisconnected>
    {
        public override ThingDisconnected Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            StoredEventJson.ReadDisconnected(ref reader);

        public override void Write(Utf8JsonWriter writer, ThingDisconnected value, JsonSerializerOptions options) =>
            StoredEventJson.Write(writer, value);
    }

    private sealed class Record : JsonConverter<ConnectivityRecord>
    {
        public override ConnectivityRecord Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            StoredRecordJson.Read(ref reader);

        public override void Write(Utf8JsonWriter writer, ConnectivityRecord value, JsonSerializerOptions options) =>
            StoredRecordJson.Write(writer, value);
    }
}
