using System.Text.Json;
using CsCheck;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>Generates valid policies and requests, from so few values that they often match.</summary>
internal static class AnyPolicy
{
    private static readonly string[] Actions =
        ["iot:DescribeThing", "iot:DeleteThing", "iot:GetThingConnectivityData", "s3:GetObject"];

    private static readonly Gen<string[]> ActionPatterns =
        Gen.OneOf(
            [
                .. Actions, "*", "iot:*", "iot:De*", "IOT:describething", "iot:D??????Thing", "iot:*Thing*",
                "s3:Get?bject*", "s3:*",
            ]).Array[1, 2];

    private static readonly string[] Arns =
    [
        "arn:aws:iot:us-east-1:1:thing/a", "arn:aws:iot:us-east-1:1:thing/ab:c", "arn:aws:iot:eu-west-1:1:thing/a/b",
        "arn:aws:iot:us-east-1:2:index/b",
    ];

    /// <summary>Short texts of few letters, with wildcards, and with what is a variable if the version has them.</summary>
    private static readonly Gen<string> Texts = Gen.Frequency(
        (3, Gen.String[Gen.OneOf('a', 'b', 'B', '*', '?'), 0, 4]),
        (2, Gen.OneOf(
                "${aws:username}", "${aws:userid, 'b'}", "a${*}", "${?}", "${$}", "*${aws:PrincipalTag/team}?",
                "${aws:TagKeys,'*'}")));

    private static readonly Gen<string> ArnPatterns = Gen.Frequency(
        (3, Gen.OneOf(Arns)),
        (3, Gen.OneOf(
            "arn:aws:iot:*:1:thing/*", "arn:aws:iot:us-????-1:*:*b*", "arn:*:iot:us-east-1:1:thing?a*",
            "arn:aws:iot:*:*:*")),
        (2, Texts.Select(text => $"arn:aws:iot:us-east-1:1:thing/{text}")));

    private static readonly Gen<string[]> ResourcePatterns =
        Gen.Frequency((1, Gen.OneOf("*")), (4, ArnPatterns)).Array[1, 3];

    private static readonly string[] Texted = ["aws:username", "aws:PrincipalTag/team", "aws:TagKeys", "AWS:UserName"];
    private static readonly string[] Numbers = ["1", "2", "2.0", "1e1", "-3", "10"];
    private static readonly string[] Dates =
    [
        "2026-01", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T02:00:00+02:00", "2025-12-31T23:59:59.5Z",
        "1767225600", "2026-01-01T00:00:00-00:30",
    ];
    private static readonly string[] Ranges =
    [
        "10.0.0.0/8", "10.1.0.0/15", "10.1.2.3", "2001:db8::/33", "2001:db8::1", "::ffff:10.1.2.0/121",
        "::ffff:0:0/95", "0.0.0.0/0", "::/0",
    ];
    private static readonly string[] Addresses =
        ["10.1.2.3", "10.2.0.1", "::ffff:10.1.2.3", "2001:db8::1", "2001:db8:8000::", "x"];

    /// <summary>Operator, key and values of a condition that some of the requests meet.</summary>
    private static Gen<(string Operator, string Key, string[] Values)> Conditions(bool variables) => Gen.OneOf(
        Family(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"], Texted, Texts),
        Family(["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"], Texted, Texts),
        Family([.. Orders("Numeric")], ["s3:max-keys"], Gen.OneOf(Numbers)),
        Family([.. Orders("Date")], ["aws:CurrentTime"], Gen.OneOf(Dates)),
        Family(["Bool"], ["aws:SecureTransport", "aws:ViaAWSService"],
            variables ? Gen.OneOf("true", "False", "${aws:ViaAWSService}") : Gen.OneOf("true", "False")),
        Family(["BinaryEquals"], ["iot:Blob"], Gen.OneOf("AA==", "AQ==", "AQI=")),
        Family(["IpAddress", "NotIpAddress"], ["aws:SourceIp"], Gen.OneOf(Ranges)),
        Family(["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ["aws:SourceArn", "aws:PrincipalArn"],
            variables
                ? Gen.Frequency((3, ArnPatterns), (1, Gen.OneOf("${aws:PrincipalArn}", "${aws:SourceArn}*")))
                : ArnPatterns),
        Gen.Select(Gen.OneOf(Texted), Gen.OneOf("true", "false"), (key, value) => ("Null", key, new[] { value })));

    private static IEnumerable<string> Orders(string type) =>
        new[] { "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals" }
            .Select(order => type + order);

    private static Gen<(string, string, string[])> Family(string[] operators, string[] keys, Gen<string> values) =>
        Gen.Select(
            Gen.OneOf("", "", "", "ForAnyValue:", "ForAllValues:"), Gen.OneOf(operators),
            Gen.OneOf("", "", "IfExists"), Gen.OneOf(keys), values.Array[1, 3],
            (set, name, ifExists, key, several) => (set + name + ifExists, key, several));

    private static Gen<Dictionary<string, object>> Statements(bool variables) => Gen.Select(
        Gen.OneOf("Allow", "Allow", "Deny"), Gen.OneOf("Action", "Action", "NotAction"), ActionPatterns,
        Gen.OneOf("Resource", "Resource", "Resource", "NotResource"), ResourcePatterns,
        Conditions(variables).Array[0, 2],
        (effect, actionElement, actions, resourceElement, resources, conditions) => new Dictionary<string, object>
        {
            ["Effect"] = effect,
            [actionElement] = actions,
            [resourceElement] = resources.Length == 1 ? resources[0] : resources,
            ["Condition"] = conditions.GroupBy(each => each.Operator).ToDictionary(
                block => block.Key,
                block => block.DistinctBy(each => each.Key.ToLowerInvariant())
                    .ToDictionary(each => each.Key, each => each.Values)),
        });

    private static readonly Gen<string> Documents =
        from version in Gen.OneOf("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17")
        from statements in Statements(version == "2012-10-17").Array[1, 3]
        select JsonSerializer.Serialize(new
        {
            Version = version,
            Statement = statements.Select((statement, index) =>
            {
                // A condition block has one operator or more, or is left out.
                if (statement["Condition"] is System.Collections.ICollection { Count: 0 })
                    statement.Remove("Condition");
                if (index == 1) statement["Sid"] = "Second";
                return statement;
            }),
        });

    private static Gen<(string Key, string[] Values)> Key(string name, params string[] values) =>
        Gen.OneOf(values).Array[0, 2].Select(several => (name, several));

    private static readonly Gen<(string Key, string[] Values)[]> Contexts = Gen.Select(
        Gen.Select(
            Key("aws:username", "a", "b", "B", "*", "", "ab"), Key("aws:userid", "a", "ab"),
            Key("aws:PrincipalTag/team", "a", "b", "?")),
        Gen.Select(
            Key("aws:TagKeys", "a", "b", "ab", ""), Key("s3:max-keys", [.. Numbers, "x"]),
            Key("aws:CurrentTime", [.. Dates, "x"])),
        Gen.Select(
            Key("aws:SecureTransport", "true", "FALSE", "x"), Key("aws:ViaAWSService", "True", "false"),
            Key("iot:Blob", "AA==", "AQ==", "?")),
        Gen.Select(Key("aws:SourceIp", Addresses), Key("aws:SourceArn", [.. Arns, "x"]), Key("aws:PrincipalArn", Arns)),
        (a, b, c, d) => new[]
        {
            a.Item1, a.Item2, a.Item3, b.Item1, b.Item2, b.Item3, c.Item1, c.Item2, c.Item3, d.Item1, d.Item2, d.Item3,
        });

    /// <summary>Up to three policies with a request.</summary>
    public static readonly Gen<AnyCase> Cases =
        from documents in Documents.Array[1, 3]
        from action in Gen.OneOf(Actions)
        from resource in Gen.OneOf([.. Arns, "*"])
        from context in Contexts
        select new AnyCase([.. documents.Select((json, index) => ($"p{index}", json))], action, resource, context);
}

internal sealed record AnyCase(
    (string Name, string Json)[] Policies, string Action, string Resource, (string Key, string[] Values)[] Context)
{
    /// <summary>Printed by a failing test.</summary>
    public override string ToString() => string.Join('\n',
        [
            .. Policies.Select(policy => policy.Json), $"{Action} {Resource}",
            .. Context.Select(key => $"{key.Key} = {string.Join(" | ", key.Values)}"),
        ]);
}
