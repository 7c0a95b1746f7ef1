using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Connectivity.Api.Ingest;

/// <summary>
/// The members of one event that have a meaning, as the JSON of their values. Of a member that occurs twice the last
/// counts, null counts as absent, and unknown members are skipped. No value is read until it is asked for.
/// </summary>
internal sealed class LifecycleEventMembers
{
    private static readonly string[] Required =
        ["clientId", "eventType", "timestamp", "sessionIdentifier", "versionNumber"];

    private static readonly string[] Names =
    [
        .. Required, "source", "principalIdentifier", "disconnectReason", "clientInitiatedDisconnect",
        "connectedAt", "inferred", "keepAliveDuration", "cleanSession", "sessionExpiry", "ipAddress", "sourceIp",
        "sourcePort", "targetIp", "targetPort", "vpcEndpointId",
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(Encoding.UTF8.GetBytes)];

    private readonly ReadOnlySequence<byte>?[] _values = new ReadOnlySequence<byte>?[Names.Length];

    private LifecycleEventMembers()
    {
    }

    public IEnumerable<string> Missing => Required.Where(name => Find(name) is null);

    /// <summary>The members, or null if the JSON is not an object.</summary>
    /// <exception cref="JsonException">The text is not JSON, or nested in more than 64 levels.</exception>
    public static LifecycleEventMembers? Read(ReadOnlySequence<byte> json)
    {
        var members = new LifecycleEventMembers();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject) reader.Skip();
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = IndexOfName(ref reader);
            reader.Read();
            var (start, isNull) = (reader.TokenStartIndex, reader.TokenType == JsonTokenType.Null);
            reader.Skip();
            if (member >= 0) members._values[member] = isNull ? null : json.Slice(start, reader.BytesConsumed - start);
        }

        // Throws if anything follows.
        reader.Read();
        return isObject ? members : null;
    }

    /// <summary>The JSON of the value, or null if it is absent.</summary>
    public ReadOnlySequence<byte>? Find(string name) => _values[Array.IndexOf(Names, name)];

    private static int IndexOfName(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && HasSurrogate(ref reader)) return -1;
        for (var i = 0; i < Utf8Names.Length; i++)
            if (reader.ValueTextEquals(Utf8Names[i])) return i;
        return -1;
    }

    /// <summary>
    /// An escaped surrogate may be unpaired, which the comparison answers with an exception; no member's name has one.
    /// </summary>
    private static bool HasSurrogate(ref Utf8JsonReader reader)
    {
        const int LongestEscapedName = 6 * 32;
        if (reader.HasValueSequence && reader.ValueSequence.Length > LongestEscapedName) return true;
        var name = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return name.IndexOf("\\ud"u8) >= 0 || name.IndexOf("\\uD"u8) >= 0;
    }
}
