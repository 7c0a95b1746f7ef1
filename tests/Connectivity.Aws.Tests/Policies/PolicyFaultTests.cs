using Connectivity.Aws.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>What is wrong with a policy is told with its place, in a sentence, and all at once.</summary>
public sealed class PolicyFaultTests
{
    private static string[] Faults(string json)
    {
        PolicyDocument.TryParse(json, out var document, out var faults).ShouldBe(faults.Count == 0);
        (document is null).ShouldBe(faults.Count > 0);
        return [.. faults.Select(fault => fault.ToString())];
    }

    private const string NoJson = "Document: A policy must be JSON, of at most 16 levels; this is not, at ";
    private const string NoArn = ": A resource must be an ARN of six parts, arn:partition:service:region:account:resource, or *, not ";
    private const string NoAction = ": An action must be written service:Name, such as iot:DescribeThing, or *, not ";

    public static TheoryData<string, string> Documents => new()
    {
        { "", NoJson + "line 1, byte 1." },
        { "{", NoJson + "line 1, byte 2." },
        { "{\n 'a': 1}", NoJson + "line 2, byte 2." },
        { """{"Version":"2012-10-17",}""", NoJson + "line 1, byte 25." },
        { new string('[', 17) + new string(']', 17), NoJson + "line 1, byte 17." },
        { "\"\ud800\"", "Document: A policy must be Unicode text; half of a surrogate pair is missing in this." },
        { """{"Id":"\ud800"}""", "Document: A policy must be Unicode text; half of a surrogate pair is missing in this." },
        { """{"\ud800":1}""", "Document: A policy must be Unicode text; half of a surrogate pair is missing in this." },
        { "[]", "Document: A policy must be a JSON object." },
        { "null", "Document: A policy must be a JSON object." },
        { "{}", "Statement: A policy must have a Statement." },
        { $$"""{"Id":"{{new string('x', 6136)}}"}""", "Document: A policy must have at most 6144 characters beside white space, not 6145." },
        { """{"Statement":[]}""", "Statement: A list must have at least one value." },
        { """{"Statement":"Allow"}""", "Statement: A statement must be a JSON object." },
        { """{"Statement":[null]}""", "Statement[0]: A statement must be a JSON object." },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_text_that_is_no_policy_is_told(string json, string fault) => Faults(json).ShouldBe([fault]);

    public static TheoryData<string, string> Elements => new()
    {
        { """ "Version": "2012-10-18" """, "Version: The version must be 2012-10-17 or 2008-10-17, not '2012-10-18'." },
        { """ "Version": 2012 """, "Version: The version must be 2012-10-17 or 2008-10-17, not something that is no string." },
        { """ "Id": 7 """, "Id: The Id must be a string." },
        { """ "version": "2012-10-17" """, "version: A policy has no element 'version'; it has Version, Id and Statement." },
        { """ "Id": "a", "Id": "b" """, "Id: 'Id' can't stand more than once in the same element." },
        { $""" "{new string('x', 70)}": 1 """,
            $"{new string('x', 70)}: A policy has no element '{new string('x', 60)}…'; it has Version, Id and Statement." },
    };

    [Theory]
    [MemberData(nameof(Elements))]
    public void A_fault_of_the_document_is_told(string element, string fault) =>
        Faults($$"""{ {{element}}, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"} }""").ShouldBe([fault]);

    public static TheoryData<string, string> Statements => new()
    {
        { """ "Action":"*","Resource":"*" """, ": A statement must have an Effect." },
        { """ "Effect":"allow","Action":"*","Resource":"*" """, ".Effect: The Effect must be exactly Allow or Deny." },
        { """ "Effect":true,"Action":"*","Resource":"*" """, ".Effect: The Effect must be exactly Allow or Deny." },
        { """ "Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*" """, ".Effect: 'Effect' can't stand more than once in the same element." },
        { """ "Sid":"a b","Effect":"Allow","Action":"*","Resource":"*" """, ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Sid":1,"Effect":"Allow","Action":"*","Resource":"*" """, ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Sid":"Ä","Effect":"Allow","Action":"*","Resource":"*" """, ".Sid: A Sid must be a string of letters A-Z, a-z and digits 0-9." },
        { """ "Principal":"*","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Principal: Principal can't stand in a policy of an identity: it applies to whom it is attached to." },
        { """ "NotPrincipal":{},"Effect":"Allow","Action":"*","Resource":"*" """,
            ".NotPrincipal: NotPrincipal can't stand in a policy of an identity: it applies to whom it is attached to." },
        { """ "Actions":"*","Effect":"Allow","Action":"*","Resource":"*" """,
            ".Actions: A statement has no element 'Actions'; it has Sid, Effect, Action, NotAction, Resource, NotResource, Condition." },
        { """ "Effect":"Allow","Resource":"*" """, ": A statement must have either Action or NotAction." },
        { """ "Effect":"Allow","Action":"*","NotAction":"*","Resource":"*" """, ": A statement can't have both Action and NotAction." },
        { """ "Effect":"Allow","Action":[],"Resource":"*" """, ".Action: A list must have at least one value." },
        { """ "Effect":"Allow","Action":{},"Resource":"*" """, ".Action: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":[["*"]],"Resource":"*" """, ".Action[0]: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":["*",1],"Resource":"*" """, ".Action[1]: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":"DescribeThing","Resource":"*" """, $".Action{NoAction}'DescribeThing'." },
        { """ "Effect":"Allow","Action":"","Resource":"*" """, $".Action{NoAction}''." },
        { """ "Effect":"Allow","Action":"iot:","Resource":"*" """, $".Action{NoAction}'iot:'." },
        { """ "Effect":"Allow","Action":":Get","Resource":"*" """, $".Action{NoAction}':Get'." },
        { """ "Effect":"Allow","Action":"*:*","Resource":"*" """, $".Action{NoAction}'*:*'." },
        { """ "Effect":"Allow","Action":"io?:Get","Resource":"*" """, $".Action{NoAction}'io?:Get'." },
        { """ "Effect":"Allow","Action":"iot:Get:x","Resource":"*" """, $".Action{NoAction}'iot:Get:x'." },
        { """ "Effect":"Allow","Action":" iot:Get","Resource":"*" """, $".Action{NoAction}' iot:Get'." },
        { """ "Effect":"Allow","NotAction":["iot:*","**"],"Resource":"*" """, $".NotAction[1]{NoAction}'**'." },
        { """ "Effect":"Allow","Action":"iot:${aws:username}","Resource":"*" """, ".Action: A policy variable can't stand in an action." },
        { """ "Effect":"Allow","Action":"*" """, ": A statement must have either Resource or NotResource." },
        { """ "Effect":"Allow","Action":"*","Resource":"*","NotResource":"*" """, ": A statement can't have both Resource and NotResource." },
        { """ "Effect":"Allow","Action":"*","Resource":[] """, ".Resource: A list must have at least one value." },
        { """ "Effect":"Allow","Action":"*","Resource":null """, ".Resource: This must be a string or a list of strings." },
        { """ "Effect":"Allow","Action":"*","Resource":"thing/x" """, $".Resource{NoArn}'thing/x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:*" """, $".Resource{NoArn}'arn:aws:iot:*'." },
        { """ "Effect":"Allow","Action":"*","Resource":"urn:aws:iot:::x" """, $".Resource{NoArn}'urn:aws:iot:::x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"ar?:aws:iot:::x" """, $".Resource{NoArn}'ar?:aws:iot:::x'." },
        { """ "Effect":"Allow","Action":"*","NotResource":["*","?"] """, $".NotResource[1]{NoArn}'?'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:*:::x" """, ".Resource: The service in a resource's ARN can't have wildcards." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:us-east-1:${aws:PrincipalAccount}:thing/x" """,
            ".Resource: A policy variable can stand in a resource only after the fifth colon of its ARN." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${aws:username" """, ".Resource: A policy variable must end with a closing brace." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${}" """, ".Resource: A policy variable must name a condition key." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${username}" """,
            ".Resource: A policy variable must name a condition key, such as aws:username, not 'username'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${aws:${x}}" """,
            ".Resource: A policy variable must name a condition key, such as aws:username, not 'aws:${x'." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${ aws:username }" """, ".Resource: A policy variable can't have a space in its key." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${aws:username, x}" """,
            ".Resource: The default of a policy variable must stand between single quotes." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${aws:username, 'it's'}" """,
            ".Resource: The default of a policy variable must stand between single quotes." },
        { """ "Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::thing/${aws:username, '}" """,
            ".Resource: The default of a policy variable must stand between single quotes." },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public void A_fault_of_a_statement_is_told(string elements, string fault) =>
        Faults($$"""{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, { {{elements}} }]}""")
            .ShouldBe(["Statement[1]" + fault]);

    public static TheoryData<string, string> Conditions => new()
    {
        { "{}", ": A Condition must be a JSON object with one or more operators." },
        { "[]", ": A Condition must be a JSON object with one or more operators." },
        { """{"Bool":{}}""", ".Bool: A condition operator must be a JSON object with one or more condition keys." },
        { """{"Bool":"true"}""", ".Bool: A condition operator must be a JSON object with one or more condition keys." },
        { """{"StringMatches":{"aws:x":"a"}}""", ".StringMatches: There is no condition operator 'StringMatches'." },
        { """{"stringequals":{"aws:x":"a"}}""", ".stringequals: There is no condition operator 'stringequals'." },
        { """{"ForSomeValues:StringEquals":{"aws:x":"a"}}""",
            ".ForSomeValues:StringEquals: There is no condition operator 'ForSomeValues:StringEquals'." },
        { """{"foranyvalue:StringEquals":{"aws:x":"a"}}""", ".foranyvalue:StringEquals: There is no condition operator 'foranyvalue:StringEquals'." },
        { """{"StringEqualsIfexists":{"aws:x":"a"}}""", ".StringEqualsIfexists: There is no condition operator 'StringEqualsIfexists'." },
        { """{"BinaryNotEquals":{"aws:x":"AA=="}}""", ".BinaryNotEquals: There is no condition operator 'BinaryNotEquals'." },
        { """{"":{"aws:x":"a"}}""", ".: There is no condition operator ''." },
        { """{"NullIfExists":{"aws:x":"true"}}""", ".NullIfExists: IfExists can't be added to Null." },
        { """{"ForAnyValue:Null":{"aws:x":"true"}}""", ".ForAnyValue:Null: A set operator can't be put before Null." },
        { """{"Bool":{"aws:x":"true"},"Bool":{"aws:y":"true"}}""", ".Bool: 'Bool' can't stand more than once in the same element." },
        { """{"Bool":{"aws:x":"true","aws:x":"false"}}""", ".Bool.aws:x: 'aws:x' can't stand more than once in the same element." },
        { """{"Bool":{"aws:x":"true","AWS:X":"false"}}""", ".Bool.AWS:X: The condition key 'AWS:X' stands here already, in another case." },
        { """{"Bool":{"SecureTransport":"true"}}""",
            ".Bool.SecureTransport: A condition key must be written prefix:name, such as aws:SourceIp, not 'SecureTransport'." },
        { """{"Bool":{"aws:":"true"}}""", ".Bool.aws:: A condition key must be written prefix:name, such as aws:SourceIp, not 'aws:'." },
        { """{"Bool":{"aws:x":[]}}""", ".Bool.aws:x: A list must have at least one value." },
        { """{"Bool":{"aws:x":null}}""", ".Bool.aws:x: A condition value must be a string, a number or a boolean." },
        { """{"Bool":{"aws:x":["true",{}]}}""", ".Bool.aws:x[1]: A condition value must be a string, a number or a boolean." },
        { """{"Bool":{"iot:IncludeSocketInformation":"no"}}""", ".Bool.iot:IncludeSocketInformation: A value of Bool must be true or false, not 'no'." },
        { """{"BoolIfExists":{"aws:x":0}}""", ".BoolIfExists.aws:x: A value of Bool must be true or false, not '0'." },
        { """{"Null":{"aws:x":""}}""", ".Null.aws:x: A value of Null must be true or false, not ''." },
        { """{"Null":{"aws:x":"${aws:y}"}}""", ".Null.aws:x: A policy variable can't stand in a value of Null." },
        { """{"NumericEquals":{"aws:x":"ten"}}""", ".NumericEquals.aws:x: A value of NumericEquals must be a number, not 'ten'." },
        { """{"NumericEquals":{"aws:x":" 1"}}""", ".NumericEquals.aws:x: A value of NumericEquals must be a number, not ' 1'." },
        { """{"NumericEquals":{"aws:x":"1e99"}}""", ".NumericEquals.aws:x: A value of NumericEquals must be a number, not '1e99'." },
        { """{"NumericLessThan":{"aws:x":["1",true]}}""", ".NumericLessThan.aws:x[1]: A value of NumericLessThan must be a number, not 'true'." },
        { """{"NumericEquals":{"aws:x":"${aws:y}"}}""", ".NumericEquals.aws:x: A policy variable can't stand in a value of NumericEquals." },
        { """{"DateEquals":{"aws:x":"${aws:y}"}}""", ".DateEquals.aws:x: A policy variable can't stand in a value of DateEquals." },
        { """{"BinaryEquals":{"aws:x":"AAA"}}""", ".BinaryEquals.aws:x: A value of BinaryEquals must be base64, not 'AAA'." },
        { """{"IpAddress":{"aws:x":"10.0.0.0/33"}}""", Range("IpAddress", "10.0.0.0/33") },
        { """{"IpAddress":{"aws:x":"10.0.0.0/"}}""", Range("IpAddress", "10.0.0.0/") },
        { """{"IpAddress":{"aws:x":"10.0.0.0/08"}}""", Range("IpAddress", "10.0.0.0/08") },
        { """{"IpAddress":{"aws:x":"10.0.0"}}""", Range("IpAddress", "10.0.0") },
        { """{"IpAddress":{"aws:x":"10.0.0.256"}}""", Range("IpAddress", "10.0.0.256") },
        { """{"IpAddress":{"aws:x":"10.0.0.010"}}""", Range("IpAddress", "10.0.0.010") },
        { """{"IpAddress":{"aws:x":"10.0.0.1.2"}}""", Range("IpAddress", "10.0.0.1.2") },
        { """{"IpAddress":{"aws:x":167772160}}""", Range("IpAddress", "167772160") },
        { """{"NotIpAddress":{"aws:x":"2001:db8::/129"}}""", Range("NotIpAddress", "2001:db8::/129") },
        { """{"NotIpAddress":{"aws:x":"2001:db8"}}""", Range("NotIpAddress", "2001:db8") },
        { """{"NotIpAddress":{"aws:x":"fe80::1%eth0"}}""", Range("NotIpAddress", "fe80::1%eth0") },
        { """{"NotIpAddress":{"aws:x":"[::1]"}}""", Range("NotIpAddress", "[::1]") },
        { """{"IpAddress":{"aws:x":"${aws:y}"}}""", ".IpAddress.aws:x: A policy variable can't stand in a value of IpAddress." },
        { """{"ArnLike":{"aws:x":"*"}}""", ".ArnLike.aws:x: A value of ArnLike must be an ARN of six parts, not '*'." },
        { """{"ArnEquals":{"aws:x":"arn:aws:iot"}}""", ".ArnEquals.aws:x: A value of ArnEquals must be an ARN of six parts, not 'arn:aws:iot'." },
        { """{"StringLike":{"aws:x":"${aws:y"}}""", ".StringLike.aws:x: A policy variable must end with a closing brace." },
        { """{"Bool":{"aws:x":"${y}"}}""", ".Bool.aws:x: A policy variable must name a condition key, such as aws:username, not 'y'." },
    };

    private static string Range(string name, string value) =>
        $".{name}.aws:x: A value of {name} must be an IP address or a range such as 203.0.113.0/24, not '{value}'.";

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_fault_of_a_condition_is_told(string condition, string fault) =>
        Faults($$"""{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{condition}} } }""")
            .ShouldBe(["Statement.Condition" + fault]);

    [Theory]
    [InlineData("2026")]
    [InlineData("2026-13")]
    [InlineData("2026-02-29")]
    [InlineData("2026-00-10")]
    [InlineData("0000-01-01")]
    [InlineData("2026-1-1")]
    [InlineData("2026-01-01T")]
    [InlineData("2026-01-01T12Z")]
    [InlineData("2026-01-01T12:00")]
    [InlineData("2026-01-01 12:00:00Z")]
    [InlineData("2026-01-01T24:00:00Z")]
    [InlineData("2026-01-01T12:60:00Z")]
    [InlineData("2026-01-01T12:00:60Z")]
    [InlineData("2026-01-01T12:00.5Z")]
    [InlineData("2026-01-01T12:00:00.Z")]
    [InlineData("2026-01-01T12:00:00+0200")]
    [InlineData("2026-01-01T12:00:00+02:00x")]
    [InlineData("2026-01-01T12:00:00+24:00")]
    [InlineData("2026-01-01T12:00:00z")]
    [InlineData("-1")]
    [InlineData("999999999999")]
    [InlineData("tomorrow")]
    [InlineData("")]
    public void A_date_that_is_none_or_may_be_two_is_told(string date) =>
        Faults($$"""{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateEquals": {"aws:x": "{{date}}"} } } }""")
            .ShouldBe(["Statement.Condition.DateEquals.aws:x: A value of DateEquals must be a date such as 2026-01-31 or 2026-01-31T12:00:00Z, "
                + $"or seconds since 1970, not '{date}'."]);

    [Fact]
    public void All_faults_are_told_at_once() =>
        Faults(
            """
            {
              "Version": "2020-01-01",
              "Id": 1,
              "Statement": [
                {"Sid": "A", "Effect": "allow", "Action": ["iot:*", "x"], "Resource": "y"},
                {"Sid": "A", "Principal": "*", "NotAction": "*", "Condition": {"Bool": {"aws:x": ["maybe", "true"]}, "Like": {"aws:x": "y"}}}
              ]
            }
            """).ShouldBe(
            [
                "Id: The Id must be a string.",
                "Version: The version must be 2012-10-17 or 2008-10-17, not '2020-01-01'.",
                "Statement[0].Effect: The Effect must be exactly Allow or Deny.",
                $"Statement[0].Action[1]{NoAction}'x'.",
                $"Statement[0].Resource{NoArn}'y'.",
                "Statement[1].Principal: Principal can't stand in a policy of an identity: it applies to whom it is attached to.",
                "Statement[1]: A statement must have an Effect.",
                "Statement[1]: A statement must have either Resource or NotResource.",
                "Statement[1].Condition.Bool.aws:x[0]: A value of Bool must be true or false, not 'maybe'.",
                "Statement[1].Condition.Like: There is no condition operator 'Like'.",
                "Statement[1].Sid: The Sid 'A' is that of Statement[0] already.",
            ]);

    [Fact]
    public void White_space_does_not_count_in_the_size() =>
        Faults($$"""{"Id":"{{new string('x', 6000)}}","Statement":{"Effect":"Allow","Action":"*","Resource":"*"} }{{new string(' ', 10_000)}}""")
            .ShouldBeEmpty();

    [Theory]
    [InlineData("\"2008-10-17\"")]
    [InlineData("\"2012-10-17\"")]
    public void Both_versions_are_taken(string version) =>
        Faults($$"""{"Version":{{version}},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"} }""").ShouldBeEmpty();

    [Fact]
    public void Before_2012_what_looks_like_a_broken_variable_is_text() =>
        Faults("""{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iot:::${","Condition":{"StringLike":{"aws:x":"${}"}}}}""").ShouldBeEmpty();

    [Fact]
    public void A_document_tells_its_id_and_statements()
    {
        var document = Policy.Attached("p",
            """{"Id":"Mine","Statement":[{"Sid":"One","Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}""").Document;
        document.Id.ShouldBe("Mine");
        document.Statements.Select(each => (each.Sid, each.Index, each.Effect, each.Name)).ShouldBe(
            [("One", 0, PolicyEffect.Allow, "One"), (null, 1, PolicyEffect.Deny, "2")]);
    }
}
