using System.Text.Json;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>Where in a policy something stands.</summary>
internal static class Place
{
    public static string Of(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    /// <summary>One value, or each of a list of one or more, with its place; a fault where it is an empty list.</summary>
    public static IEnumerable<(JsonElement Value, string Place)> Each(JsonElement element, string place, FaultList faults)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            yield return (element, place);
            yield break;
        }
        if (element.GetArrayLength() == 0) faults.Add(place, "A list must have at least one value.");
        for (var i = 0; i < element.GetArrayLength(); i++) yield return (element[i], $"{place}[{i}]");
    }
}
