using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectivity.Testing.Policies;

/// <summary>
/// Reads the cases from the JSON files beside this one. A case has <c>policies</c> (name to document), or in short
/// <c>allowIf</c> or <c>denyIf</c>: the condition of the only statement of a policy named <c>policy</c>, for every
/// action and resource; <c>denyIf</c> comes after a policy named <c>everything</c> that allows everything. Action,
/// resource and context have defaults.
/// </summary>
public static class PolicyCases
{
    private const string DefaultAction = "iot:GetThingConnectivityData";
    private const string DefaultResource = "arn:aws:iot:us-east-1:123456789012:thing/pump-1";

    public static IReadOnlyList<PolicyCase> All { get; } =
    [
        .. typeof(PolicyCases).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Policies/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(name => Read(name)),
    ];

    private static IEnumerable<PolicyCase> Read(string resource)
    {
        using var stream = typeof(PolicyCases).Assembly.GetManifestResourceStream(resource)!;
        foreach (var element in JsonDocument.Parse(stream).RootElement.EnumerateArray())
        {
            var (policies, decides) = Policies(element);
            var expect = Text(element, "expect") ?? throw new InvalidDataException($"{element} has no expectation");
            var outcome = expect.Split(" by ");
            yield return new PolicyCase(
                resource["Policies/".Length..],
                Text(element, "sentence") ?? throw new InvalidDataException($"{element} has no sentence"),
                policies,
                Text(element, "action") ?? DefaultAction,
                Text(element, "resource") ?? DefaultResource,
                Context(element),
                outcome[0],
                outcome.Length > 1 ? outcome[1] : decides.GetValueOrDefault(outcome[0]));
        }
    }

    /// <summary>The policies, and the statement that makes each decision of the short forms.</summary>
    private static (List<(string, string)> Policies, Dictionary<string, string> Decides) Policies(JsonElement element)
    {
        if (element.TryGetProperty("policies", out var policies))
            return ([.. policies.EnumerateObject().Select(policy => (policy.Name, policy.Value.GetRawText()))], []);
        if (element.TryGetProperty("allowIf", out var condition))
            return ([("policy", Document("Allow", condition))], new() { ["allowed"] = "policy/1" });
        condition = element.GetProperty("denyIf");
        return ([("everything", Document("Allow", null)), ("policy", Document("Deny", condition))],
            new() { ["allowed"] = "everything/1", ["denied"] = "policy/1" });
    }

    private static string Document(string effect, JsonElement? condition)
    {
        var statement = new JsonObject { ["Effect"] = effect, ["Action"] = "*", ["Resource"] = "*" };
        if (condition is { } block) statement["Condition"] = JsonNode.Parse(block.GetRawText());
        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statement }.ToJsonString();
    }

    private static List<(string, IReadOnlyList<string>)> Context(JsonElement element) =>
        !element.TryGetProperty("context", out var context) ? [] :
        [
            .. context.EnumerateObject().Select(key => (key.Name, Values(key.Value))),
        ];

    private static IReadOnlyList<string> Values(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : [value.GetString()!];

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
