using Connectivity.Access.Devices;

namespace Connectivity.Access.Tests.Devices;

/// <summary>
/// Which condition keys and variables a device policy can use: those that AWS IoT documents for devices and that a host
/// knows. Sources: AWS IoT developer guide, "Basic AWS IoT Core policy variables", "Thing policy variables", "X.509
/// Certificate AWS IoT Core policy variables", "Connect policy examples", "Using AWS IoT Core with interface VPC
/// endpoints".
/// </summary>
public sealed class DeviceConditionKeysTests
{
    private const string Certificate = DeviceCredential.Certificate;
    private const string Password = DeviceCredential.Password;

    public static readonly string[] NamesOfCertificates =
    [
        "DistinguishedNameQualifier", "Country", "Organization", "OrganizationalUnit", "State", "CommonName",
        "SerialNumber", "Title", "Surname", "GivenName", "Initials", "Pseudonym", "GenerationQualifier",
        "AlternativeName.RFC822Name", "AlternativeName.DNSName", "AlternativeName.UniformResourceIdentifier",
        "AlternativeName.IPAddress",
    ];

    public static TheoryData<string> KeysOfDevices =>
    [
        "iot:ClientId", "aws:SourceIp", "iot:DomainName", "iot:Connection.Thing.ThingName",
        "iot:Connection.Thing.Attributes[site]", "iot:Connection.Thing.Attributes[a.b-c_d/e@f:g#h]",
        "iot:Connection.Thing.IsAttached", "iot:LastWillTopic", "iot:IncludeSocketInformation", "aws:SecureTransport",
        "aws:CurrentTime", "aws:EpochTime", "IOT:clientid",
    ];

    public static TheoryData<string> KeysOfCertificates =>
    [
        "iot:Certificate.SerialNumber",
        .. from side in (string[])["Subject", "Issuer"]
           from name in NamesOfCertificates
           from index in (string[])["", ".0", ".1", ".4"]
           select $"iot:Certificate.{side}.{name}{index}",
    ];

    public static TheoryData<string> Lists =>
    [
        "iot:Certificate.AvailableKeys", "iot:Certificate.Subject.Organization.List",
        "iot:Certificate.Issuer.AlternativeName.DNSName.List",
    ];

    public static TheoryData<string> UnknownKeys =>
    [
        "iot:Connection.Thing.ThingTypeName", "iot:Connection.Thing.Attributes", "iot:Connection.Thing.Attributes[]",
        "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "iot:Certificate.Subject.AlternativeName.DirectoryName",
        "iot:Certificate.Subject.Locality", "iot:Certificate.Subject.CommonName.5", "iot:Certificate.Subject",
        "aws:username", "aws:PrincipalTag/team", "iot:ThingGroupArn", "iot:ClientID2",
        "cognito-identity.amazonaws.com:sub",
    ];

    [Theory]
    [MemberData(nameof(KeysOfDevices))]
    public void Accepts_a_key_of_every_connection_as_condition_and_variable(string key)
    {
        foreach (var kind in (string[])[Password, Certificate])
        {
            Errors(kind, Condition("StringEquals", key)).ShouldBeEmpty();
            Errors(kind, Condition("ForAnyValue:StringLike", key)).ShouldBeEmpty();
            Errors(kind, Variable(key)).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(KeysOfCertificates))]
    public void Accepts_a_key_of_certificates_only_in_the_policy_of_a_certificate(string key)
    {
        Errors(Certificate, Condition("StringEquals", key)).ShouldBeEmpty();
        Errors(Certificate, Variable(key)).ShouldBeEmpty();
        var error = Errors(Password, Condition("StringEquals", key)).ShouldHaveSingleItem();
        error.ShouldStartWith($"Statement.Condition.StringEquals.{key}: The condition key '");
        error.ShouldEndWith(" is not available in connections that authenticate with a password.");
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Requires_a_set_operator_for_a_key_with_several_values(string key)
    {
        Errors(Certificate, Condition("ForAllValues:StringEquals", key)).ShouldBeEmpty();
        Errors(Certificate, Condition("ForAnyValue:StringNotEquals", key)).ShouldBeEmpty();
        Errors(Certificate, Condition("Null", key, "true")).ShouldBeEmpty();
        ShouldNeedSetOperator(Certificate, key);
    }

    [Fact]
    public void Requires_a_set_operator_for_connect_attributes()
    {
        Errors(Password, Condition("ForAnyValue:StringEquals", "iot:ConnectAttributes")).ShouldBeEmpty();
        ShouldNeedSetOperator(Password, "iot:ConnectAttributes");
    }

    [Theory]
    [MemberData(nameof(UnknownKeys))]
    public void Refuses_a_key_that_no_connection_has_with_its_path(string key)
    {
        var error = $"The condition key '{key}' is not available in connections of devices.";
        Errors(Certificate, Condition("StringEqualsIfExists", key)).ShouldBe(
            [$"Statement.Condition.StringEqualsIfExists.{key}: {error}"]);
        Errors(Certificate, Variable(key)).ShouldBe([$"Statement.Resource[1]: {error}"]);
        Errors(Certificate, Condition("StringEquals", "iot:ClientId", $"${{{key}}}")).ShouldBe(
            [$"Statement.Condition.StringEquals.iot:ClientId: {error}"]);
    }

    [Fact]
    public void Reports_every_error_and_none_for_text_that_looks_like_a_variable()
    {
        Errors(Certificate,
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:iot:*:*:topic/${aws:x}"},
              {"Effect": "Deny", "Action": "*", "Resource": "*",
               "Condition": {"StringLike": {"iot:ClientId": ["a", "${aws:y}"]}}}]}
            """).ShouldBe(
        [
            "Statement[0].NotResource: The condition key 'aws:x' is not available in connections of devices.",
            "Statement[1].Condition.StringLike.iot:ClientId[1]: "
            + "The condition key 'aws:y' is not available in connections of devices.",
        ]);
        Errors(Certificate,
            """
            {"Version": "2008-10-17", "Statement":
              {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iot:*:*:topic/${aws:x}"}}
            """).ShouldBeEmpty();
    }

    [Fact]
    public void Accepts_the_default_policy() => Errors(Password, DevicePolicy.Default).ShouldBeEmpty();

    private static void ShouldNeedSetOperator(string kind, string key)
    {
        var error =
            $"The condition key '{key}' has several values: it can only be compared with ForAnyValue or ForAllValues.";
        Errors(kind, Condition("StringEquals", key)).ShouldBe([$"Statement.Condition.StringEquals.{key}: {error}"]);
        Errors(kind, Variable(key)).ShouldBe([$"Statement.Resource[1]: {error}"]);
    }

    private static string[] Errors(string kind, string policy) =>
        [.. DeviceConditionKeys.Of(kind).Check(policy).Select(error => error.ToString())];

    private static string Condition(string @operator, string key, string value = "x") =>
        $$"""
        {"Version": "2012-10-17", "Statement":
          {"Effect": "Deny", "Action": "iot:Connect", "Resource": "*",
           "Condition": {"{{@operator}}": {"{{key}}": "{{value}}"} } } }
        """;

    private static string Variable(string key) =>
        """
        {"Version": "2012-10-17", "Statement":
          {"Effect": "Allow", "Action": "iot:Publish",
           "Resource": ["arn:aws:iot:*:*:topic/a", "arn:aws:iot:*:*:topic/${KEY}"]}}
        """.Replace("KEY", key);
}
