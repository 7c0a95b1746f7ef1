using System.Text.Json;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>The paths of the elements of a policy.</summary>
internal static class JsonPath
{
    public static string Of(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    /// <summary>The value, or each value of a list, with its path. An empty list is an error.</summary>
    public static IEnumerable<(JsonElement Value, string Path)> Each(
        JsonElement element, string path, PolicyErrors errors)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            yield return (element, path);
            yield break;
        }
        if (element.GetArrayLength() == 0) errors.Add(path, "A list must have at least one value.");
        for (var i = 0; i < element.GetArrayLength(); i++) yield return (element[i], $"{path}[{i}]");
    }
}
