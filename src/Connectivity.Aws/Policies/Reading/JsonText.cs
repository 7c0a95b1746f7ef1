using System.Text.Json;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads the JSON of a policy, whatever its elements. Source: IAM User Guide, "Grammar of the IAM JSON policy
/// language", policy grammar notes (size; no duplicate elements), and RFC 8259.
/// </summary>
internal static class JsonText
{
    // Condition values in a list are at level six, the deepest of a policy.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Null where the text is too long or not JSON.</summary>
    public static JsonDocument? Read(string text, PolicyErrors errors)
    {
        var size = text.Count(character => !char.IsWhiteSpace(character));
        if (size > PolicyDocument.MaximumSize)
        {
            errors.Add(
                PolicyError.WholeDocument,
                $"A policy must have at most {PolicyDocument.MaximumSize} characters besides white space, not {size}.");
            return null;
        }
        JsonDocument? json = null;
        try
        {
            json = JsonDocument.Parse(text, Options);
            FindDuplicates(json.RootElement, "", errors);
            return json;
        }
        catch (JsonException exception)
        {
            var where = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
            errors.Add(
                PolicyError.WholeDocument,
                $"A policy must be JSON of at most {Options.MaxDepth} levels; the text is invalid at {where}.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            errors.Add(PolicyError.WholeDocument, "A policy must be Unicode text; this has half of a surrogate pair.");
        }
        json?.Dispose();
        return null;
    }

    /// <summary>Also decodes every string, so that an invalid one is found here and not later.</summary>
    private static void FindDuplicates(JsonElement element, string path, PolicyErrors errors)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
            for (var i = 0; i < element.GetArrayLength(); i++) FindDuplicates(element[i], $"{path}[{i}]", errors);
        if (element.ValueKind != JsonValueKind.Object) return;
        var names = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            var at = JsonPath.Of(path, property.Name);
            if (!names.Add(property.Name))
                errors.Add(at, $"{Quoted.Value(property.Name)} can't occur more than once in the same element.");
            FindDuplicates(property.Value, at, errors);
        }
    }
}
