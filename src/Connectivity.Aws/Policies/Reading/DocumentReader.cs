using System.Text.Json;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads the elements of a policy. Sources: IAM User Guide, "IAM JSON policy elements reference", "Version" and "Id".
/// The grammar reserves Id for resource-based policies; it is accepted here, as IAM accepts it, and has no effect.
/// </summary>
internal static class DocumentReader
{
    public const string VersionWithVariables = "2012-10-17";
    public const string VersionWithoutVariables = "2008-10-17";

    /// <summary>Null or incomplete where there are errors.</summary>
    public static PolicyDocument? Read(string text, PolicyErrors errors)
    {
        using var json = JsonText.Read(text, errors);
        if (json is null) return null;
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.Add(PolicyError.WholeDocument, "A policy must be a JSON object.");
            return null;
        }
        foreach (var property in root.EnumerateObject())
            if (property.Name is not ("Version" or "Id" or "Statement"))
            {
                errors.Add(
                    property.Name,
                    $"A policy has no element {Quoted.Value(property.Name)}; it has Version, Id and Statement.");
            }

        var id = root.TryGetProperty("Id", out var idElement) ? Id(idElement, errors) : null;
        var reading = new PolicyReading(HasVariables(root, errors), errors);
        return new PolicyDocument(id, Statements(root, reading), reading.Keys);
    }

    /// <summary>A policy without a version is of 2008-10-17, in which variables are plain text.</summary>
    private static bool HasVariables(JsonElement root, PolicyErrors errors)
    {
        if (!root.TryGetProperty("Version", out var element)) return false;
        var version = element.ValueKind == JsonValueKind.String ? element.GetString()! : null;
        if (version is not (VersionWithVariables or VersionWithoutVariables))
        {
            var instead = version is null ? "a value that is not a string" : Quoted.Value(version);
            errors.Add(
                "Version", $"The version must be {VersionWithVariables} or {VersionWithoutVariables}, not {instead}.");
        }
        return version != VersionWithoutVariables;
    }

    private static string? Id(JsonElement element, PolicyErrors errors)
    {
        if (element.ValueKind == JsonValueKind.String) return element.GetString();
        errors.Add("Id", "The Id must be a string.");
        return null;
    }

    private static PolicyStatement[] Statements(JsonElement root, PolicyReading reading)
    {
        var errors = reading.Errors;
        if (!root.TryGetProperty("Statement", out var element))
        {
            errors.Add("Statement", "A policy must have a Statement.");
            return [];
        }
        var statements = new List<PolicyStatement>();
        var sids = new Dictionary<string, string>();
        foreach (var (value, path) in JsonPath.Each(element, "Statement", errors))
        {
            var statement = new StatementReader(value, path, reading).Read(statements.Count);
            if (statement.Sid is { } sid && !sids.TryAdd(sid, path))
                errors.Add(JsonPath.Of(path, "Sid"), $"{sids[sid]} has the Sid {Quoted.Value(sid)} already.");
            statements.Add(statement);
        }
        return [.. statements];
    }
}
