using Connectivity.Aws.Policies;
using static Connectivity.Aws.Tests.Policies.Policy;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The errors of a policy: each has a path and a sentence, and all are reported together.</summary>
public sealed class PolicyErrorTests
{
    private const string NotJson = "Document: A policy must be JSON of at most 16 levels; the text is invalid at ";

    public static TheoryData<string, string> Documents => new()
    {
        { "", NotJson + "line 1, byte 1." },
        { "{", NotJson + "line 1, byte 2." },
        { "{\n 'a': 1}", NotJson + "line 2, byte 2." },
        { """{"Version":"2012-10-17",}""", NotJson + "line 1, byte 25." },
        { new string('[', 17) + new string(']', 17), NotJson + "line 1, byte 17." },
        { "\"\ud800\"", "Document: A policy must be Unicode text; this has half of a surrogate pair." },
        { """{"Id":"\ud800"}""", "Document: A policy must be Unicode text; this has half of a surrogate pair." },
        { """{"\ud800":1}""", "Document: A policy must be Unicode text; this has half of a surrogate pair." },
        { "[]", "Document: A policy must be a JSON object." },
        { "null", "Document: A policy must be a JSON object." },
        { "{}", "Statement: A policy must have a Statement." },
        { $$"""{"Id":"{{new string('x', 6136)}}"}""",
            "Document: A policy must have at most 6144 characters besides white space, not 6145." },
        { """{"Statement":[]}""", "Statement: A list must have at least one value." },
        { """{"Statement":"Allow"}""", "Statement: A statement must be a JSON object." },
        { """{"Statement":[null]}""", "Statement[0]: A statement must be a JSON object." },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Reports_a_text_that_is_not_a_policy(string json, string error) => Validate(json).ShouldBe([error]);

    public static TheoryData<string, string> Elements => new()
    {
        { """ "Version": "2012-10-18" """, "Version: The version must be 2012-10-17 or 2008-10-17, not '2012-10-18'." },
        { """ "Version": 2012 """,
            "Version: The version must be 2012-10-17 or 2008-10-17, not a value that is not a string." },
        { """ "Id": 7 """, "Id: The Id must be a string." },
        { """ "version": "2012-10-17" """,
            "version: A policy has no element 'version'; it has Version, Id and Statement." },
        { """ "Id": "a", "Id": "b" """, "Id: 'Id' can't occur more than once in the same element." },
        { $""" "{new string('x', 70)}": 1 """,
            $"{new string('x', 70)}: A policy has no element '{new string('x', 60)}…'; "
            + "it has Version, Id and Statement." },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void Reports_an_error_in_the_policy_document(string element, string error) =>
        Validate($$"""{ {{element}}, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"} }""")
            .ShouldBe([error]);

    [Fact]
    public void Reports_all_errors_of_a_policy_together() =>
        Validate(
            """
            {
              "Version": "2020-01-01",
              "Id": 1,
              "Statement": [
                {"Sid": "A", "Effect": "allow", "Action": ["iot:*", "x"], "Resource": "y"},
                {
                  "Sid": "A", "Principal": "*", "NotAction": "*",
                  "Condition": {"Bool": {"aws:x": ["maybe", "true"]}, "Like": {"aws:x": "y"}}
                }
              ]
            }
            """).ShouldBe(
            [
                "Id: The Id must be a string.",
                "Version: The version must be 2012-10-17 or 2008-10-17, not '2020-01-01'.",
                "Statement[0].Effect: The Effect must be exactly Allow or Deny.",
                "Statement[0].Action[1]: An action must be written service:Name, such as iot:DescribeThing, or *, "
                + "not 'x'.",
                "Statement[0].Resource: A resource must be an ARN of six parts, "
                + "arn:partition:service:region:account:resource, or *, not 'y'.",
                "Statement[1].Principal: An identity-based policy can't have a Principal: "
                + "it applies to the identity it is attached to.",
                "Statement[1]: A statement must have an Effect.",
                "Statement[1]: A statement must have either Resource or NotResource.",
                "Statement[1].Condition.Bool.aws:x[0]: A value of Bool must be true or false, not 'maybe'.",
                "Statement[1].Condition.Like: There is no condition operator 'Like'.",
                "Statement[1].Sid: Statement[0] has the Sid 'A' already.",
            ]);

    [Fact]
    public void White_space_does_not_count_in_the_size_of_a_policy() =>
        Validate(
            $$"""{"Id":"{{new string('x', 6000)}}","Statement":{"Effect":"Allow","Action":"*","Resource":"*"} }"""
            + new string(' ', 10_000)).ShouldBeEmpty();

    [Theory]
    [InlineData("\"2008-10-17\"")]
    [InlineData("\"2012-10-17\"")]
    public void Accepts_both_versions_of_the_policy_language(string version) =>
        Validate($$"""{"Version":{{version}},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"} }""")
            .ShouldBeEmpty();

    [Fact]
    public void A_malformed_variable_is_text_in_a_policy_without_a_version() =>
        Validate(
            """
            {
              "Statement": {
                "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${","Condition":{"StringLike":{"aws:x":"${}"}}
              }
            }
            """).ShouldBeEmpty();

    [Fact]
    public void A_policy_document_exposes_its_id_and_statements()
    {
        var document = Attached("p",
            """
            {"Id": "Mine", "Statement": [
              {"Sid": "One", "Effect": "Allow", "Action": "*", "Resource": "*"},
              {"Effect": "Deny", "Action": "*", "Resource": "*"}
            ]}
            """).Document;
        document.Id.ShouldBe("Mine");
        document.Statements.Select(each => (each.Sid, each.Index, each.Effect, each.Name)).ShouldBe(
            [("One", 0, PolicyEffect.Allow, "One"), (null, 1, PolicyEffect.Deny, "2")]);
    }
}
