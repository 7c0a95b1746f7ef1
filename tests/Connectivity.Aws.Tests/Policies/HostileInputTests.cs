using System.Text.Json;
using Connectivity.Aws.Policies;
using Connectivity.Testing;
using Connectivity.Testing.Policies;
using CsCheck;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>
/// Any input results in a document or errors, and in a decision; nothing throws, and nothing takes long.
/// </summary>
[Trait("kind", "fuzz")]
public sealed class HostileInputTests
{
    private static readonly string[] Valid =
        [.. PolicyCases.All.SelectMany(each => each.Policies).Select(policy => policy.Json).Distinct()];

    /// <summary>
    /// Parts of policies, and input that breaks parsers: lone surrogates, zeros, noncharacters, very long numbers.
    /// </summary>
    private static readonly string[] Scraps =
    [
        "{", "}", "[", "]", "\"", ":", ",", "\\", "*", "?", "${", "}", "'", "${aws:username, 'x'}", "${*}", "arn:",
        "::::::", "/", "%", "-", "1e999", "null", "true", "\0", "\ud800", "\udc00", "\\ud800", "\uffff", "\u212a", "İ",
        "\n", "Statement", "Condition", "NotAction", "IfExists", "ForAnyValue:", "Null", "DateEquals",
        "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59", "99999999999", "::", "::ffff:1.2.3.4/96",
        "0.0.0.0/0", "==", "79228162514264337593543950336", "0.00000000000000000000000000000000001", "2012-10-17",
        "2008-10-17",
    ];

    private static readonly Gen<string> Texts = Gen.Frequency(
        (1, Gen.String[0, 40]),
        (3, Gen.OneOf(Scraps).Array[0, 20].Select(string.Concat)));

    /// <summary>Insertions that mostly keep a policy valid.</summary>
    private static readonly string[] Harmless = ["", " ", "*", "?", "x", "1", ":", "/", "${aws:username}", "${*}"];

    private static readonly Gen<Func<string, string>> Changes = Gen.Frequency(
        (3, Gen.Select(Gen.Int[0, 99], Gen.Double[0, 1], Gen.Int[0, 2], Gen.OneOf(Harmless)).Select(
            change => (Func<string, string>)(
                text => InValue(text, change.Item1, value => Edit(value, change.Item2, change.Item3, change.Item4))))),
        (1, Gen.Select(Gen.Double[0, 1], Gen.Int[0, 1], Gen.OneOf(Harmless)).Select(change => (Func<string, string>)(
            text => Edit(text, change.Item1, change.Item2, change.Item3)))),
        (1, Gen.Select(Gen.Double[0, 1], Gen.Int[0, 6], Gen.OneOf(Scraps)).Select(change => (Func<string, string>)(
            text => Edit(text, change.Item1, change.Item2, change.Item3)))));

    private static readonly Gen<string> Mutants = Gen.Select(
        Gen.OneOf(Valid), Changes.Array[1, 3],
        (policy, changes) => changes.Aggregate(policy, (text, change) => change(text)));

    private static string Edit(string text, double where, int remove, string insert)
    {
        var at = (int)(where * text.Length);
        return text[..at] + insert + text[Math.Min(text.Length, at + remove)..];
    }

    /// <summary>Changes one of the string values, except those that must not differ.</summary>
    private static string InValue(string json, int which, Func<string, string> change)
    {
        var parts = json.Split('"');
        var values = Enumerable.Range(0, (parts.Length - 1) / 2).Select(i => 2 * i + 1)
            .Where(i => !parts[i + 1].TrimStart().StartsWith(':')
                && parts[i] is not ("2012-10-17" or "Allow" or "Deny" or "*"))
            .ToList();
        if (values.Count == 0) return json;
        var value = values[which % values.Count];
        parts[value] = change(parts[value]);
        return string.Join('"', parts);
    }

    [Fact]
    public void Any_text_is_a_policy_document_or_has_errors() =>
        Fuzz.Run("policy, generated", Texts, text => Read(text) is null ? "have errors" : "are documents");

    [Fact]
    public void A_changed_policy_has_errors_or_decides_any_request()
    {
        var outcomes = Fuzz.Run(
            "policy, changed, and a request generated",
            Gen.Select(Mutants, Texts, Texts, Texts, Texts),
            input => Read(input.Item1) is { } document
                ? Decide(document, input.Item2, input.Item3, input.Item4, input.Item5)
                : "have errors");
        outcomes["have errors"].ShouldBeInRange(outcomes.Values.Sum() / 20, outcomes.Values.Sum() * 19 / 20);
    }

    [Fact]
    public void A_valid_policy_decides_any_request()
    {
        var documents = Valid.Select(json => Read(json).ShouldNotBeNull()).ToArray();
        Fuzz.Run(
            "request, generated, for a policy",
            Gen.Select(Gen.OneOf(documents), Texts, Texts, Texts, Texts),
            input => Decide(input.Item1, input.Item2, input.Item3, input.Item4, input.Item5));
    }

    [Fact]
    public void Matching_a_pattern_of_many_stars_takes_no_exponential_time()
    {
        var stars = string.Concat(Enumerable.Repeat("a*", 2_500));
        var document = Read(
            $$"""
            {
              "Statement":
                {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:x":"{{stars}}b"} } }
            }
            """);
        Decide(document.ShouldNotBeNull(), "iot:X", "*", "aws:x", new string('a', 20_000));
    }

    private static PolicyDocument? Read(string text)
    {
        PolicyDocument.TryParse(text, out var document, out var errors);
        (document is null).ShouldBe(errors.Count > 0);
        foreach (var error in errors) error.Sentence.ShouldEndWith(".");
        if (document is not null) HasTheFormOfAPolicy(text);
        return document;
    }

    /// <summary>Checks the text with another JSON reader: what is not a policy must never allow anything.</summary>
    private static void HasTheFormOfAPolicy(string text)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var statements = json.RootElement.GetProperty("Statement");
        var isList = statements.ValueKind == JsonValueKind.Array;
        foreach (var statement in isList ? statements.EnumerateArray().ToArray() : [statements])
        {
            statement.GetProperty("Effect").GetString().ShouldBeOneOf("Allow", "Deny");
            (statement.TryGetProperty("Action", out _) ^ statement.TryGetProperty("NotAction", out _)).ShouldBeTrue();
            (statement.TryGetProperty("Resource", out _) ^ statement.TryGetProperty("NotResource", out _))
                .ShouldBeTrue();
        }
    }

    /// <summary>Uses the texts as values of the keys that conditions and variables read.</summary>
    private static string Decide(PolicyDocument document, string action, string resource, string one, string another)
    {
        var context = new RequestContext()
            .Set(one, another).Set("aws:x", another).Set("aws:username", one).Set("aws:TagKeys", [one, another]);
        string[] keys =
        [
            "aws:SourceIp", "aws:CurrentTime", "s3:max-keys", "aws:SourceArn", "aws:SecureTransport", "iot:Blob",
            "aws:PrincipalArn",
        ];
        foreach (var key in keys) context.Set(key, another);
        var request = new AccessRequest(action, resource, context);
        var decision = PolicyEvaluation.Decide([new AttachedPolicy("p", document)], request);
        (decision.Statement is null).ShouldBe(decision.Kind == DecisionKind.NoAllow);
        return Policy.Describe(decision).Outcome;
    }
}
