using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Connectivity.Gateway.Protocol;

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
    public void Every_statement_has_one_place()
    {
        // Those of one section are rules of their own.
        foreach (var column in new[] { 0, 1 })
            Rows.Where(row => row.Length != 5 && row[0] != "3.1.1").SelectMany(row => row[column].Split(", "))
                .Where(number => number.StartsWith("MQTT-")).GroupBy(number => number)
                .Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();
    }

    private static string Document([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "docs", "mqtt-conformance.md");

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
