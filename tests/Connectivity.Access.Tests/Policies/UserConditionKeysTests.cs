using Connectivity.Access.Policies;

namespace Connectivity.Access.Tests.Policies;

/// <summary>Which condition keys and variables the policy of a user can use.</summary>
public sealed class UserConditionKeysTests
{
    public static TheoryData<string> KnownKeys =>
    [
        .. UserConditionKeys.Present, .. UserConditionKeys.Absent,
        .. UserConditionKeys.AbsentTags.Select(tag => tag + "team"), "AWS:sourceip",
    ];

    /// <summary>
    /// Keys of actions that no host has, and of no service. Source: "Condition keys for AWS IoT".
    /// </summary>
    public static TheoryData<string> UnknownKeys =>
    [
        "iot:ClientMode", "iot:CommandExecutionParameterString/x", "iot:Delete", "iot:DomainName", "iot:ThingGroupArn",
        "iot:Topic", "iot:TunnelDestinationService", "iot:thingArn", "iot:ClientId", "iot:Connection.Thing.ThingName",
        "s3:prefix", "aws:SourceIpp", "aws:PrincipalTag/", "saml:aud", "connectivity:import",
    ];

    [Theory]
    [MemberData(nameof(KnownKeys))]
    public void Accepts_a_key_that_requests_have_or_truly_lack(string key)
    {
        Errors(Condition("StringEquals", key)).ShouldBeEmpty();
        Errors(Condition("ForAnyValue:StringLikeIfExists", key)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(UnknownKeys))]
    public void Refuses_a_key_that_no_request_has_with_its_path(string key) =>
        Errors(Condition("StringNotEquals", key)).ShouldBe(
        [
            $"Statement[0].Condition.StringNotEquals.{key}: "
            + $"The condition key '{key}' is not available in requests of users.",
        ]);

    private static string[] Errors(string policy) =>
        [.. UserConditionKeys.Known.Check(policy).Select(error => error.ToString())];

    private static string Condition(string @operator, string key) =>
        $$$"""
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"{{{@operator}}}": {"{{{key}}}": "x"} } }]}
        """;
}
