using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Upgrade;

/// <summary>Compares an answer with the answer of an earlier release.</summary>
internal static class AnswerDifferences
{
    public static IEnumerable<string> Differences(FormerAnswer former, Answer answer)
    {
        var request = $"{former.Account} {former.Method} {former.Path}";
        if (answer.Status != former.Status) return [$"{request}: {former.Status} became {answer.Status} {answer.Body}"];
        return former.Answer is not { } before ? []
            : Differences(before, answer.Json).Select(difference => $"{request}: {difference}");
    }

    /// <summary>A later release may add members; they are not differences.</summary>
    public static IEnumerable<string> Differences(JsonElement before, JsonElement after, string path = "") =>
        (before.ValueKind, after.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) => before.EnumerateObject().SelectMany(member =>
                after.TryGetProperty(member.Name, out var same)
                    ? Differences(member.Value, same, $"{path}.{member.Name}")
                    : [$"{path}.{member.Name} is missing"]),
            (JsonValueKind.Array, JsonValueKind.Array) when before.GetArrayLength() == after.GetArrayLength() =>
                before.EnumerateArray().Zip(after.EnumerateArray())
                    .SelectMany((pair, i) => Differences(pair.First, pair.Second, $"{path}[{i}]")),
            _ => JsonElement.DeepEquals(before, after) ? [] : [$"{path}: {before} became {after}"],
        };
}
