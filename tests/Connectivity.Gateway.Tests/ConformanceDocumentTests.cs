using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

/// <summary>Compares docs/mqtt-conformance.md with the rules and the tests.</summary>
public sealed partial class ConformanceDocumentTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Document()).Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray()),
    ];

    [Fact]
    public void Every_rule_is_documented_with_its_numbers_and_its_code()
    {
        var documented = Rows.Where(row => row.Length == 5 && row[0].StartsWith('`'))
            .ToDictionary(row => row[0].Trim('`'), row => (row[1], row[2], row[3]));
        var rules = typeof(Statement).GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(field => field.Name, field => (Statement)field.GetValue(null)!);

        documented.Keys.ShouldBe(rules.Keys, ignoreOrder: true);
        foreach (var (name, rule) in rules)
        {
            var (mqtt311, mqtt5, code) = documented[name];
            (mqtt311, mqtt5).ShouldBe((rule.Mqtt311 ?? "", rule.Mqtt5 ?? ""), name);
            code.ShouldBeOneOf([$"0x{(byte)rule.Code:X2}", "none"], name);
        }
    }

    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        var named = Rows.SelectMany(row => TestName().Matches(row[^1])).ToList();
        named.Count.ShouldBeGreaterThan(15);
        foreach (var name in named)
            typeof(ConformanceDocumentTests).Assembly
                .GetType($"{typeof(ConformanceDocumentTests).Namespace}.{name.Groups[1].Value}")
                ?.GetMethod(name.Groups[2].Value)
                .ShouldNotBeNull(name.Value);
    }

    [Fact]
    public void Every_statement_of_both_specifications_has_one_place()
    {
        var expected = new[] { NormativeStatements.Mqtt311, NormativeStatements.Mqtt5 };
        for (var version = 0; version < expected.Length; version++)
        {
            // Several rules may be of one statement; a rule is about what clients may not send, another row about what
            // the server does.
            var ofRules = Rows.Where(row => row.Length == 5).SelectMany(row => Numbers(row[version + 1])).Distinct();
            var others = Rows.Where(row => row.Length != 5).SelectMany(row => Numbers(row[version])).ToList();
            others.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key)
                .ShouldBeEmpty();
            ofRules.Union(others).ShouldBe(expected[version], ignoreOrder: true);
        }
    }

    [Fact]
    public void Every_rule_that_further_statements_name_exists()
    {
        var rules = typeof(Statement).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name);
        var named = Rows.Where(row => row.Length == 4 && !TestName().IsMatch(row[3])).SelectMany(
            row => RuleName().Matches(row[3])).Select(match => match.Groups[1].Value).ToList();
        named.Count.ShouldBeGreaterThan(10);
        named.ShouldBeSubsetOf(rules);
    }

    /// <summary>The numbers of a cell, with those within its ranges.</summary>
    private static IEnumerable<string> Numbers(string cell)
    {
        foreach (var part in cell.Split(", ").Where(part => part.StartsWith("MQTT-", StringComparison.Ordinal)))
        {
            var ends = part.Split(" to ");
            var (section, first) = Parse(ends[0]);
            var (lastSection, last) = Parse(ends[^1]);
            lastSection.ShouldBe(section);
            for (var number = first; number <= last; number++) yield return $"{section}-{number}";
        }

        static (string Section, int Number) Parse(string text)
        {
            var dash = text.LastIndexOf('-');
            return (text[..dash], int.Parse(text[(dash + 1)..], CultureInfo.InvariantCulture));
        }
    }

    private static string Document([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "docs", "mqtt-conformance.md");

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex RuleName();
}
