using System.Text.Json;

namespace Connectivity.Projections.StoredForm;

/// <summary>Reads the members of a JSON object one after another, in any order, without objects in between.</summary>
internal static class JsonMembers
{
    /// <summary>Moves to the next member's name; false at the end of the object.</summary>
    public static bool ReadsMember(this ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the member has this name; then the reader moves to its value.</summary>
    public static bool IsMember(this ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name) && reader.Read();

    /// <summary>Moves from the member's name to the end of its value.</summary>
    public static void SkipMember(this ref Utf8JsonReader reader) => reader.Skip();

    public static bool? GetBooleanOrNull(this ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetBoolean();

    public static long? GetNumberOrNull(this ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64();

    public static DateTimeOffset? GetTimeOrNull(this ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();
}
