using System.Text.Json;
using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>Reads the elements of a statement. Source: IAM User Guide, "IAM JSON policy elements reference".</summary>
internal sealed class StatementReader(JsonElement element, string path, PolicyReading reading)
{
    private static readonly string[] Elements =
        ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    private readonly PolicyErrors _errors = reading.Errors;

    public PolicyStatement Read(int index)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(path, "A statement must be a JSON object.");
            return new PolicyStatement { Index = index };
        }
        RefuseOtherElements();
        return new PolicyStatement
        {
            Index = index,
            Sid = Sid(),
            Effect = Effect(),
            Actions = Actions(),
            Resources = Resources(),
            Conditions = element.TryGetProperty("Condition", out var conditions)
                ? new ConditionReader(reading).Read(conditions, JsonPath.Of(path, "Condition"))
                : [],
        };
    }

    private void RefuseOtherElements()
    {
        foreach (var name in element.EnumerateObject().Select(property => property.Name).Except(Elements))
            _errors.Add(JsonPath.Of(path, name), name is "Principal" or "NotPrincipal"
                ? $"An identity-based policy can't have a {name}: it applies to the identity it is attached to."
                : $"A statement has no element {Quoted.Value(name)}; it has {string.Join(", ", Elements)}.");
    }

    /// <summary>An empty Sid, which some tools write, counts as absent.</summary>
    private string? Sid()
    {
        if (!element.TryGetProperty("Sid", out var value)) return null;
        var sid = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (sid is null || !sid.All(char.IsAsciiLetterOrDigit))
            _errors.Add(JsonPath.Of(path, "Sid"), "A Sid must be a string of letters A-Z, a-z and digits 0-9.");
        return sid is "" ? null : sid;
    }

    private PolicyEffect Effect()
    {
        if (!element.TryGetProperty("Effect", out var value))
            _errors.Add(path, "A statement must have an Effect.");
        else if (value.ValueKind != JsonValueKind.String || value.GetString() is not ("Allow" or "Deny"))
            _errors.Add(JsonPath.Of(path, "Effect"), "The Effect must be exactly Allow or Deny.");
        else if (value.GetString() is "Allow")
            return PolicyEffect.Allow;
        return PolicyEffect.Deny;
    }

    private ActionSet Actions()
    {
        var patterns = new List<TextPattern>();
        var texts = Texts("Action", "NotAction", out var allOthers);
        foreach (var (text, at) in texts)
            if (ActionReader.Read(text, at, _errors) is { } pattern)
                patterns.Add(pattern);
        return new ActionSet([.. patterns], allOthers);
    }

    private ResourceSet Resources()
    {
        var any = false;
        var patterns = new List<ArnPattern>();
        var texts = Texts("Resource", "NotResource", out var allOthers);
        foreach (var (text, at) in texts)
        {
            any |= text == "*";
            if (text != "*" && ResourceReader.Read(text, at, reading) is { } pattern)
                patterns.Add(pattern);
        }
        return new ResourceSet(any, [.. patterns], allOthers);
    }

    /// <summary>The texts of an element or of its negation, of which a statement has exactly one.</summary>
    private List<(string Text, string Path)> Texts(string name, string negation, out bool isNegated)
    {
        var isPlain = element.TryGetProperty(name, out var value);
        isNegated = element.TryGetProperty(negation, out var negated);
        if (isPlain == isNegated)
            _errors.Add(path, isPlain
                ? $"A statement can't have both {name} and {negation}."
                : $"A statement must have either {name} or {negation}.");
        var texts = new List<(string, string)>();
        if (isPlain) AddTexts(value, JsonPath.Of(path, name), texts);
        if (isNegated) AddTexts(negated, JsonPath.Of(path, negation), texts);
        return texts;
    }

    private void AddTexts(JsonElement values, string at, List<(string, string)> texts)
    {
        foreach (var (value, each) in JsonPath.Each(values, at, _errors))
            if (value.ValueKind == JsonValueKind.String) texts.Add((value.GetString()!, each));
            else _errors.Add(each, "This must be a string or a list of strings.");
    }
}
