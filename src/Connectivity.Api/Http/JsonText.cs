using System.Text.Json;

namespace Connectivity.Api.Http;

/// <summary>
/// Reads text from JSON that the database can store. JSON can also express an unpaired surrogate, which is not text,
/// and NUL, which PostgreSQL refuses.
/// </summary>
public static class JsonText
{
    /// <summary>The text of a JSON string, or null if it can't be stored.</summary>
    public static string? Read(JsonElement value) => Valid(value, static element => element.GetString());

    /// <summary>The name of a property, or null if it can't be stored.</summary>
    public static string? ReadName(JsonProperty property) => Valid(property, static named => named.Name);

    private static string? Valid<T>(T value, Func<T, string?> read)
    {
        try
        {
            return read(value) is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Thrown by System.Text.Json for an unpaired surrogate or invalid UTF-8.
            return null;
        }
    }
}
