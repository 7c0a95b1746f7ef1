using System.Text.Json;

namespace Connectivity.Api.Http;

/// <summary>
/// Text out of JSON that the database can hold. JSON can spell what is no text: half of a surrogate pair, and NUL, which PostgreSQL
/// refuses.
/// </summary>
public static class JsonText
{
    /// <summary>The text of a JSON string, or null where it is no text.</summary>
    public static string? Read(JsonElement value) => Valid(value, static element => element.GetString());

    /// <summary>The name of a property, or null where it is no text.</summary>
    public static string? ReadName(JsonProperty property) => Valid(property, static named => named.Name);

    private static string? Valid<T>(T value, Func<T, string?> read)
    {
        try
        {
            return read(value) is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            // How System.Text.Json refuses an unpaired surrogate or invalid UTF-8.
            return null;
        }
    }
}
