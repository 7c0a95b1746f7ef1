using static Connectivity.Aws.Tests.Policies.Policy;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The errors of a condition.</summary>
public sealed class ConditionErrorTests
{
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
        { """{"foranyvalue:StringEquals":{"aws:x":"a"}}""",
            ".foranyvalue:StringEquals: There is no condition operator 'foranyvalue:StringEquals'." },
        { """{"StringEqualsIfexists":{"aws:x":"a"}}""",
            ".StringEqualsIfexists: There is no condition operator 'StringEqualsIfexists'." },
        { """{"BinaryNotEquals":{"aws:x":"AA=="}}""",
            ".BinaryNotEquals: There is no condition operator 'BinaryNotEquals'." },
        { """{"":{"aws:x":"a"}}""", ".: There is no condition operator ''." },
        { """{"NullIfExists":{"aws:x":"true"}}""", ".NullIfExists: IfExists can't be added to Null." },
        { """{"ForAnyValue:Null":{"aws:x":"true"}}""", ".ForAnyValue:Null: A set operator can't be put before Null." },
        { """{"Bool":{"aws:x":"true"},"Bool":{"aws:y":"true"}}""",
            ".Bool: 'Bool' can't occur more than once in the same element." },
        { """{"Bool":{"aws:x":"true","aws:x":"false"}}""",
            ".Bool.aws:x: 'aws:x' can't occur more than once in the same element." },
        { """{"Bool":{"aws:x":"true","AWS:X":"false"}}""",
            ".Bool.AWS:X: The condition key 'AWS:X' is here already, in another case." },
        { """{"Bool":{"SecureTransport":"true"}}""",
            ".Bool.SecureTransport: A condition key must be written prefix:name, such as aws:SourceIp, "
            + "not 'SecureTransport'." },
        { """{"Bool":{"aws:":"true"}}""",
            ".Bool.aws:: A condition key must be written prefix:name, such as aws:SourceIp, not 'aws:'." },
        { """{"Bool":{"aws:x":[]}}""", ".Bool.aws:x: A list must have at least one value." },
        { """{"ForAllValues:StringEquals":{"aws:x":[[]]}}""",
            ".ForAllValues:StringEquals.aws:x[0]: A condition value must be a string, a number or a boolean." },
        { """{"Bool":{"aws:x":null}}""", ".Bool.aws:x: A condition value must be a string, a number or a boolean." },
        { """{"Bool":{"aws:x":["true",{}]}}""",
            ".Bool.aws:x[1]: A condition value must be a string, a number or a boolean." },
        { """{"Bool":{"iot:IncludeSocketInformation":"no"}}""",
            ".Bool.iot:IncludeSocketInformation: A value of Bool must be true or false, not 'no'." },
        { """{"BoolIfExists":{"aws:x":0}}""", ".BoolIfExists.aws:x: A value of Bool must be true or false, not '0'." },
        { """{"Null":{"aws:x":""}}""", ".Null.aws:x: A value of Null must be true or false, not ''." },
        { """{"Null":{"aws:x":"${aws:y}"}}""", ".Null.aws:x: A policy variable can't be used in a value of Null." },
        { """{"NumericEquals":{"aws:x":"ten"}}""",
            ".NumericEquals.aws:x: A value of NumericEquals must be a number, not 'ten'." },
        { """{"NumericEquals":{"aws:x":" 1"}}""",
            ".NumericEquals.aws:x: A value of NumericEquals must be a number, not ' 1'." },
        { """{"NumericEquals":{"aws:x":"1e99"}}""",
            ".NumericEquals.aws:x: A value of NumericEquals must be a number, not '1e99'." },
        { """{"NumericLessThan":{"aws:x":["1",true]}}""",
            ".NumericLessThan.aws:x[1]: A value of NumericLessThan must be a number, not 'true'." },
        { """{"NumericEquals":{"aws:x":"${aws:y}"}}""",
            ".NumericEquals.aws:x: A policy variable can't be used in a value of NumericEquals." },
        { """{"DateEquals":{"aws:x":"${aws:y}"}}""",
            ".DateEquals.aws:x: A policy variable can't be used in a value of DateEquals." },
        { """{"BinaryEquals":{"aws:x":"AAA"}}""",
            ".BinaryEquals.aws:x: A value of BinaryEquals must be base64, not 'AAA'." },
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
        { """{"IpAddress":{"aws:x":"${aws:y}"}}""",
            ".IpAddress.aws:x: A policy variable can't be used in a value of IpAddress." },
        { """{"ArnLike":{"aws:x":"*"}}""", ".ArnLike.aws:x: A value of ArnLike must be an ARN of six parts, not '*'." },
        { """{"ArnEquals":{"aws:x":"arn:aws:iot"}}""",
            ".ArnEquals.aws:x: A value of ArnEquals must be an ARN of six parts, not 'arn:aws:iot'." },
        { """{"StringLike":{"aws:x":"${aws:y"}}""",
            ".StringLike.aws:x: A policy variable must end with a closing brace." },
        { """{"Bool":{"aws:x":"${y}"}}""",
            ".Bool.aws:x: A policy variable must name a condition key, such as aws:username, not 'y'." },
    };

    private static string Range(string name, string value) =>
        $".{name}.aws:x: A value of {name} must be an IP address or a range such as 203.0.113.0/24, not '{value}'.";

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Reports_an_error_in_a_condition(string condition, string error) =>
        Validate(
            $$"""
            {
              "Version": "2012-10-17",
              "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{condition}} }
            }
            """).ShouldBe(["Statement.Condition" + error]);

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
    public void Reports_an_invalid_or_ambiguous_date(string date) =>
        Validate(
            $$"""
            {
              "Statement": {
                "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateEquals": {"aws:x": "{{date}}"} }
              }
            }
            """).ShouldBe(
            [
                "Statement.Condition.DateEquals.aws:x: A value of DateEquals must be a date such as 2026-01-31 "
                + $"or 2026-01-31T12:00:00Z, or seconds since 1970, not '{date}'.",
            ]);
}
