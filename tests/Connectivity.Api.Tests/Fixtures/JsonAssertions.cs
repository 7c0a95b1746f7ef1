using System.Text.Json;

namespace Connectivity.Api.Tests.Fixtures;

public static class JsonAssertions
{
    /// <summary>
    /// The same members and values in any order, so that no unexpected member is present, not even a null.
    /// </summary>
    public static void ShouldBeJson(this JsonElement actual, string expected) =>
        JsonElement.DeepEquals(actual, JsonElement.Parse(expected))
            .ShouldBeTrue($"Expected {expected} but was {actual}");

    public static bool Has(this JsonElement json, string member) => json.TryGetProperty(member, out _);

    public static string? Text(this JsonElement json, string member) => json.GetProperty(member).GetString();
}
