using System.Text.Json;
using Connectivity.Aws.Policies.Conditions;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>Reads a condition block. Source: IAM User Guide, "IAM JSON policy elements: Condition" and the grammar's condition_block.</summary>
internal sealed class ConditionReader(bool hasVariables, FaultList faults)
{
    public Condition[] Read(JsonElement block, string place)
    {
        var conditions = new List<Condition>();
        foreach (var (name, keys, at) in Members(block, place, "A Condition", "operators"))
        {
            if (Operator(name, at) is { } @operator)
                conditions.AddRange(Keys(keys, at, @operator));
        }
        return [.. conditions];
    }

    private ConditionOperator? Operator(string name, string place)
    {
        if (!ConditionOperator.TryRead(name, out var read))
            faults.Add(place, $"There is no condition operator {Shown.Value(name)}.");
        else if (read is { IsNull: true, IfExists: true })
            faults.Add(place, "IfExists can't be added to Null.");
        else if (read is { IsNull: true, Set: not SetOperator.None })
            faults.Add(place, "A set operator can't be put before Null.");
        else
            return read;
        return null;
    }

    private IEnumerable<Condition> Keys(JsonElement keys, string place, ConditionOperator @operator)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var exactNames = new HashSet<string>();
        foreach (var (key, values, at) in Members(keys, place, "A condition operator", "condition keys"))
        {
            if (!ConditionKey.IsWellFormed(key))
                faults.Add(at, $"A condition key must be written prefix:name, such as aws:SourceIp, not {Shown.Value(key)}.");
            if (!names.Add(key) & exactNames.Add(key))
                faults.Add(at, $"The condition key {Shown.Value(key)} stands here already, in another case.");
            yield return new Condition(key, @operator, [.. Values(values, at, @operator)]);
        }
    }

    private IEnumerable<ConditionValue> Values(JsonElement values, string place, ConditionOperator @operator)
    {
        foreach (var (value, at) in Place.Each(values, place, faults))
        {
            var text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
            if (text is null) faults.Add(at, "A condition value must be a string, a number or a boolean.");
            else if (ConditionValueReader.Read(text, @operator, hasVariables, out var fault) is { } read) yield return read;
            else faults.Add(at, fault!);
        }
    }

    private List<(string Name, JsonElement Value, string Place)> Members(JsonElement element, string place, string what, string members)
    {
        var found = element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(property => (property.Name, property.Value, Place.Of(place, property.Name))).ToList()
            : [];
        if (found.Count == 0) faults.Add(place, $"{what} must be a JSON object with one or more {members}.");
        return found;
    }
}
