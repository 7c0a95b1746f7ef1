using static Connectivity.Aws.Tests.Policies.Policy;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The errors of a statement's elements.</summary>
public sealed class StatementErrorTests
{
    private const string NotAnArn =
        ": A resource must be an ARN of six parts, arn:partition:service:region:account:resource, or *, not ";
    private const string NotAnAction =
        ": An action must be written service:Name, such as iot:DescribeThing, or *, not ";

    public static TheoryData<string, string> Statements => new()
    {
        { """ "Action":"*","Resource":"*" """, ": A statement must have an Effect." },
        { """ "Effect":"allow","Action":"*","Resource":"*" """, ".Effect: The Effect must be exactly Allow or Deny." },
        { """ "Effect":true,"Action":"*","Resource":"*" """, ".Effect: The Effect must be exactly Allow or Deny." },
        { """ "Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Effect: 'Effect' can't occur more than once in the same element." },
        { """ "Sid":"a b","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Sid":1,"Effect":"Allow","Action":"*","Resource":"*" """,
            ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Sid":"Ä","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Principal":"*","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Principal: An identity-based policy can't have a Principal: "
            + "it applies to the identity it is attached to." },
        { """ "NotPrincipal":{},"Effect":"Allow","Action":"*","Resource":"*" """,
            ".NotPrincipal: An identity-based policy can't have a NotPrincipal: "
            + "it applies to the identity it is attached to." },
        { """ "Actions":"*","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Actions: A statement has no element 'Actions'; "
            + "it has Sid, Effect, Action, NotAction, Resource, NotResource, Condition." },
        { """ "Effect":"Allow","Resource":"*" """, ": A statement must have either Action or NotAction." },
        { """ "Effect":"Allow","Action":"*","NotAction":"*","Resource":"*" """,
            ": A statement can't have both Action and NotAction." },
        { """ "Effect":"Allow","Action":[],"Resource":"*" """, ".Action: A list must have at least one value." },
        { """ "Effect":"Allow","Action":{},"Resource":"*" """, ".Action: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":[["*"]],"Resource":"*" """,
            ".Action[0]: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":["*",1],"Resource":"*" """,
            ".Action[1]: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":"DescribeThing","Resource":"*" """, $".Action{NotAnAction}'DescribeThing'." },
        { """ "Effect":"Allow","Action":"","Resource":"*" """, $".Action{NotAnAction}''." },
        { """ "Effect":"Allow","Action":"iot:","Resource":"*" """, $".Action{NotAnAction}'iot:'." },
        { """ "Effect":"Allow","Action":":Get","Resource":"*" """, $".Action{NotAnAction}':Get'." },
        { """ "Effect":"Allow","Action":"*:*","Resource":"*" """, $".Action{NotAnAction}'*:*'." },
        { """ "Effect":"Allow","Action":"io?:Get","Resource":"*" """, $".Action{NotAnAction}'io?:Get'." },
        { """ "Effect":"Allow","Action":"iot:Get:x","Resource":"*" """, $".Action{NotAnAction}'iot:Get:x'." },
        { """ "Effect":"Allow","Action":" iot:Get","Resource":"*" """, $".Action{NotAnAction}' iot:Get'." },
        { """ "Effect":"Allow","NotAction":["iot:*","**"],"Resource":"*" """, $".NotAction[1]{NotAnAction}'**'." },
        { """ "Effect":"Allow","Action":"iot:${aws:username}","Resource":"*" """,
            ".Action: A policy variable can't be used in an action." },
        { """ "Effect":"Allow","Action":"*" """, ": A statement must have either Resource or NotResource." },
        { """ "Effect":"Allow","Action":"*","Resource":"*","NotResource":"*" """,
            ": A statement can't have both Resource and NotResource." },
        { """ "Effect":"Allow","Action":"*","Resource":[] """, ".Resource: A list must have at least one value." },
        { """ "Effect":"Allow","Action":"*","Resource":null """,
            ".Resource: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":"*","Resource":"thing/x" """, $".Resource{NotAnArn}'thing/x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:*" """, $".Resource{NotAnArn}'arn:aws:iot:*'." },
        { """ "Effect":"Allow","Action":"*","Resource":"urn:aws:iot:::x" """,
            $".Resource{NotAnArn}'urn:aws:iot:::x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"ar?:aws:iot:::x" """,
            $".Resource{NotAnArn}'ar?:aws:iot:::x'." },
        { """ "Effect":"Allow","Action":"*","NotResource":["*","?"] """, $".NotResource[1]{NotAnArn}'?'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:*:::x" """,
            ".Resource: The service in a resource's ARN can't have wildcards." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:us-east-1:${aws:PrincipalAccount}:thing/x" """,
            ".Resource: A policy variable can be used in a resource only after the fifth colon of its ARN." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${aws:username" """,
            ".Resource: A policy variable must end with a closing brace." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${}" """,
            ".Resource: A policy variable must name a condition key." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${username}" """,
            ".Resource: A policy variable must name a condition key, such as aws:username, not 'username'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${aws:${x}}" """,
            ".Resource: A policy variable must name a condition key, such as aws:username, not 'aws:${x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${ aws:username }" """,
            ".Resource: A policy variable can't have a space in its key." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${aws:username, x}" """,
            ".Resource: The default of a policy variable must be in single quotes." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${aws:username, 'it's'}" """,
            ".Resource: The default of a policy variable must be in single quotes." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${aws:username, '}" """,
            ".Resource: The default of a policy variable must be in single quotes." },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public void Reports_an_error_in_a_statement(string elements, string error) =>
        Validate(
            $$"""
            {
              "Version": "2012-10-17",
              "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, { {{elements}} }]
            }
            """).ShouldBe(["Statement[1]" + error]);
}
