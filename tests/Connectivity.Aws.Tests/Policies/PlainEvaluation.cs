using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>
/// A reference implementation of the evaluation, written from AWS's documentation and working on the JSON: it compiles
/// nothing, is slow, and shares no code with the evaluator under test. Expects valid policies.
/// </summary>
internal sealed class PlainEvaluation(IReadOnlyDictionary<string, string[]> context, string action, string resource)
{
    private bool _hasVariables;

    public (string Outcome, string? DecidedBy) Decide(IEnumerable<(string Name, string Json)> policies)
    {
        var matching = policies.SelectMany(policy => Matching(policy.Name, policy.Json)).ToList();
        if (matching.Any(each => each.Effect == "Deny"))
            return ("denied", matching.First(each => each.Effect == "Deny").Name);
        return matching.Count > 0 ? ("allowed", matching[0].Name) : ("no allow", null);
    }

    private List<(string Effect, string Name)> Matching(string policy, string json)
    {
        using var document = JsonDocument.Parse(json);
        _hasVariables = document.RootElement.TryGetProperty("Version", out var version)
            && version.GetString() == "2012-10-17";
        return document.RootElement.GetProperty("Statement").EnumerateArray().Index()
            .Where(each => Matches(each.Item))
            .Select(each => (each.Item.GetProperty("Effect").GetString()!, $"{policy}/{Name(each.Item, each.Index)}"))
            .ToList();

        static string? Name(JsonElement statement, int index) =>
            statement.TryGetProperty("Sid", out var sid) ? sid.GetString() : (index + 1).ToString();
    }

    private bool Matches(JsonElement statement) =>
        (statement.TryGetProperty("Action", out var actions)
            ? Values(actions).Any(IsAction)
            : !Values(statement.GetProperty("NotAction")).Any(IsAction))
        && (statement.TryGetProperty("Resource", out var resources)
            ? Values(resources).Any(IsResource)
            : !Values(statement.GetProperty("NotResource")).Any(IsResource))
        && (!statement.TryGetProperty("Condition", out var condition)
            || condition.EnumerateObject().All(
                block => block.Value.EnumerateObject().All(key => IsMet(block.Name, key.Name, Values(key.Value)))));

    private bool IsAction(string pattern) =>
        Like(Characters(pattern.ToLowerInvariant(), true, false), action.ToLowerInvariant());

    private bool IsResource(string pattern) => pattern == "*" || IsArnLike(pattern, resource);

    private bool IsMet(string name, string key, string[] policyValues)
    {
        var values = context.GetValueOrDefault(key.ToLowerInvariant(), []);
        if (name == "Null") return policyValues.Contains(values.Length == 0 ? "true" : "false");

        var ifExists = name.EndsWith("IfExists");
        var set = name.Contains(':') ? name.Split(':')[0] : "";
        var comparison = name.Replace("IfExists", "").Split(':')[^1];
        var isNegated = comparison.Contains("Not");
        if (set != "" && values.All(value => value == "")) values = [];

        bool Meets(string value) => isNegated
            ? !policyValues.Any(policyValue => Holds(comparison.Replace("Not", ""), value, policyValue))
            : policyValues.Any(policyValue => Holds(comparison, value, policyValue));

        if (values.Length == 0) return ifExists || (set == "" ? isNegated : set == "ForAllValues");
        if (set == "ForAnyValue") return values.Any(Meets);
        if (set == "ForAllValues") return values.All(Meets);
        return values.Length == 1 && Meets(values[0]);
    }

    private bool Holds(string comparison, string value, string policyValue) => comparison switch
    {
        "StringEquals" => Resolve(policyValue) == value,
        "StringEqualsIgnoreCase" => Resolve(policyValue)?.ToUpperInvariant() == value.ToUpperInvariant(),
        "StringLike" => Like(Characters(policyValue, true, _hasVariables), value),
        "ArnEquals" or "ArnLike" => policyValue.StartsWith("${") && _hasVariables
            ? value.Split(':').Length >= 6 && value.StartsWith("arn:")
                && Like(Characters(policyValue, true, true), value)
            : IsArnLike(policyValue, value),
        "Bool" => value.ToLowerInvariant() is "true" or "false"
            && Resolve(policyValue)?.ToLowerInvariant() == value.ToLowerInvariant(),
        "BinaryEquals" => Bytes(value) is { } bytes && bytes.SequenceEqual(Bytes(policyValue)!),
        "IpAddress" => IsInRange(value, policyValue),
        _ when comparison.StartsWith("Numeric") => Number(value) is { } number
            && Compares(comparison["Numeric".Length..], number.CompareTo(Number(policyValue))),
        _ => Date(value) is { } date && Compares(comparison["Date".Length..], date.CompareTo(Date(policyValue)!.Value)),
    };

    private static bool Compares(string order, int difference) => order switch
    {
        "Equals" => difference == 0,
        "LessThan" => difference < 0,
        "LessThanEquals" => difference <= 0,
        "GreaterThan" => difference > 0,
        "GreaterThanEquals" => difference >= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, null),
    };

    private bool IsArnLike(string pattern, string arn)
    {
        var parts = arn.Split(':', 6);
        // Variables contain colons, so the pattern is split only outside of braces.
        var cuts = pattern.Index()
            .Where(each => each.Item == ':' && !(_hasVariables && IsInBraces(pattern[..each.Index])))
            .Select(each => each.Index).Take(5).ToList();
        var patterns = cuts.Append(pattern.Length).Zip(cuts.Prepend(-1), (end, start) => pattern[(start + 1)..end])
            .ToList();
        return parts.Length == 6
            && patterns.Zip(parts).All(pair => Like(Characters(pair.First, true, _hasVariables), pair.Second));

        static bool IsInBraces(string before) => before.Count(c => c == '{') > before.Count(c => c == '}');
    }

    private string? Resolve(string text) => Characters(text, false, _hasVariables) is { } characters
        ? string.Concat(characters.Select(each => each.Character))
        : null;

    /// <summary>The characters, with whether each is a wildcard; null where a variable has no value.</summary>
    private List<(char Character, bool IsWild)>? Characters(string text, bool wildcards, bool variables)
    {
        var rest = new List<(char, bool)>();
        if (text == "") return rest;
        var taken = text[..1];
        string? literal = wildcards && (text[0] is '*' or '?') ? null : taken;
        if (variables && text.StartsWith("${"))
        {
            taken = text[..(text.IndexOf('}') + 1)];
            var name = taken[2..^1];
            literal = name is "*" or "?" or "$" ? name : Variable(name);
            if (literal is null) return null;
        }
        if (literal is null) rest.Add((text[0], true));
        else rest.AddRange(literal.Select(character => (character, false)));
        if (Characters(text[taken.Length..], wildcards, variables) is not { } others) return null;
        rest.AddRange(others);
        return rest;
    }

    private string? Variable(string name)
    {
        var parts = name.Split(',', 2);
        if (context.TryGetValue(parts[0].ToLowerInvariant(), out var values) && values.Length == 1) return values[0];
        return parts.Length == 2 ? parts[1].Trim(' ')[1..^1] : null;
    }

    private static bool Like(IReadOnlyList<(char Character, bool IsWild)>? pattern, string text)
    {
        if (pattern is null) return false;
        if (pattern.Count == 0) return text == "";
        var rest = pattern.Skip(1).ToList();
        return pattern[0] switch
        {
            ('*', true) => Like(rest, text) || (text != "" && Like(pattern, text[1..])),
            ('?', true) => text != "" && Like(rest, text[1..]),
            var (character, _) => text != "" && text[0] == character && Like(rest, text[1..]),
        };
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Date(string text) =>
        text.All(char.IsAsciiDigit) ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(text))
        : DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date
        : null;

    private static byte[]? Bytes(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsInRange(string text, string range)
    {
        if (!IPAddress.TryParse(text, out var address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var network = IPAddress.Parse(range.Split('/')[0]);
        var prefix = range.Contains('/') ? int.Parse(range.Split('/')[1]) : network.GetAddressBytes().Length * 8;
        if (network.IsIPv4MappedToIPv6 && prefix >= 96) (network, prefix) = (network.MapToIPv4(), prefix - 96);
        return address.AddressFamily == network.AddressFamily && Bits(address)[..prefix] == Bits(network)[..prefix];
    }

    private static string Bits(IPAddress address) =>
        string.Concat(address.GetAddressBytes().Select(part => part.ToString("b8")));

    private static string[] Values(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Values)]
        : [element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText()];
}
