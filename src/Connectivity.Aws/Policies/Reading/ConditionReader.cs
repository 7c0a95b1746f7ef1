using System.Text.Json;
using Connectivity.Aws.Policies.Conditions;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads a condition block. Source: IAM User Guide, "IAM JSON policy elements: Condition", and the grammar's
/// condition_block.
/// </summary>
internal sealed class ConditionReader(PolicyReading reading)
{
    private readonly PolicyErrors _errors = reading.Errors;

    public Condition[] Read(JsonElement block, string path)
    {
        var conditions = new List<Condition>();
        foreach (var (name, keys, at) in Members(block, path, "A Condition", "operators"))
        {
            if (Operator(name, at) is { } @operator)
                conditions.AddRange(Keys(keys, at, @operator));
        }
        return [.. conditions];
    }

    private ConditionOperator? Operator(string name, string path)
    {
        if (!ConditionOperator.TryRead(name, out var read))
            _errors.Add(path, $"There is no condition operator {Quoted.Value(name)}.");
        else if (read is { IsNull: true, IfExists: true })
            _errors.Add(path, "IfExists can't be added to Null.");
        else if (read is { IsNull: true, Set: not SetOperator.None })
            _errors.Add(path, "A set operator can't be put before Null.");
        else
            return read;
        return null;
    }

    private IEnumerable<Condition> Keys(JsonElement keys, string path, ConditionOperator @operator)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var exactNames = new HashSet<string>();
        foreach (var (key, values, at) in Members(keys, path, "A condition operator", "condition keys"))
        {
            if (!ConditionKey.IsWellFormed(key))
            {
                _errors.Add(
                    at, $"A condition key must be written prefix:name, such as aws:SourceIp, not {Quoted.Value(key)}.");
            }

            if (!names.Add(key) & exactNames.Add(key))
                _errors.Add(at, $"The condition key {Quoted.Value(key)} is here already, in another case.");
            reading.AddKey(key, at, @operator);
            yield return new Condition(key, @operator, [.. Values(values, at, @operator)]);
        }
    }

    private IEnumerable<ConditionValue> Values(JsonElement values, string path, ConditionOperator @operator)
    {
        // Only a request without values meets ForAllValues of none. Source: AWS IoT developer guide, "Connect policy
        // examples".
        var isEmpty = values.ValueKind == JsonValueKind.Array && values.GetArrayLength() == 0;
        if (isEmpty && @operator.Set != SetOperator.None) yield break;
        foreach (var (value, at) in JsonPath.Each(values, path, _errors))
        {
            var text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
            if (text is null) _errors.Add(at, "A condition value must be a string, a number or a boolean.");
            else if (ConditionValueReader.Read(text, at, @operator, reading, out var error) is { } read)
                yield return read;
            else _errors.Add(at, error!);
        }
    }

    private List<(string Name, JsonElement Value, string Path)> Members(
        JsonElement element, string path, string what, string members)
    {
        var found = element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(each => (each.Name, each.Value, JsonPath.Of(path, each.Name))).ToList()
            : [];
        if (found.Count == 0) _errors.Add(path, $"{what} must be a JSON object with one or more {members}.");
        return found;
    }
}
