using System.Text.Json;

namespace Connectivity.Api.Http;

/// <summary>Reads text from JSON that the database can store.</summary>
public static class JsonText
{
    /// <summary>The text of a JSON string, or null if it can't be stored.</summary>
    public static string? Read(JsonElement value)
    {
        try
        {
            return StorableText.Of(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Thrown by System.Text.Json for an unpaired surrogate or invalid UTF-8.
            return null;
        }
    }

    /// <inheritdoc cref="Read(JsonElement)"/>
    public static string? Read(ref Utf8JsonReader value)
    {
        try
        {
            return StorableText.Of(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The name of a property, or null if it can't be stored.</summary>
    public static string? ReadName(JsonProperty property)
    {
        try
        {
            return StorableText.Of(property.Name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
