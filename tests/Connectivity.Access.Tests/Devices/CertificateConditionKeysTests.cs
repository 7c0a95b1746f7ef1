using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Connectivity.Access.Devices;
using Connectivity.Aws.Policies;

namespace Connectivity.Access.Tests.Devices;

/// <summary>
/// What a policy reads of a certificate. The first is AWS's own example. Source: AWS IoT developer guide, "Using X.509
/// certificate policy variables".
/// </summary>
public sealed class CertificateConditionKeysTests
{
    public static TheoryData<string, string> ExampleOfAws => new()
    {
        { "SerialNumber", "10525622389124227206" },
        { "Issuer.Country", "US" },
        { "Issuer.Organization", "IoT Devices" },
        { "Issuer.OrganizationalUnit", "SmartHome" },
        { "Issuer.State", "WA" },
        { "Issuer.CommonName", "IoT Devices Primary CA" },
        { "Issuer.GivenName", "Primary CA1" },
        { "Issuer.initials", "XY" },
        { "Issuer.DistinguishedNameQualifier", "Example corp" },
        { "Issuer.Surname", "SmartHome" },
        { "Issuer.Title", "CA1" },
        { "Issuer.Pseudonym", "Primary_CA" },
        { "Issuer.GenerationQualifier", "2" },
        { "Issuer.SerialNumber", "987" },
        { "Subject.Country", "US" },
        { "Subject.Organization", "IoT Devices" },
        { "Subject.State", "NY" },
        { "Subject.CommonName", "LightBulb Device Cert" },
        { "Subject.GivenName", "Bulb" },
        { "Subject.initials", "ZZ" },
        { "Subject.DistinguishedNameQualifier", "Bulb001" },
        { "Subject.Surname", "Multi Color" },
        { "Subject.Title", "RGB" },
        { "Subject.Pseudonym", "RGB Device" },
        { "Subject.GenerationQualifier", "4" },
        { "Subject.SerialNumber", "123" },
        { "Issuer.AlternativeName.DNSName", "issuer.com" },
        { "Issuer.AlternativeName.IPAddress", "5.6.7.8" },
        { "Issuer.AlternativeName.UniformResourceIdentifier", "urn:PrimarySignerCA" },
        { "Issuer.AlternativeName.RFC822Name", "primary@issuer.com" },
        { "Subject.AlternativeName.DNSName", "example.com" },
        { "Subject.AlternativeName.IPAddress", "1.2.3.4" },
        { "Subject.AlternativeName.UniformResourceIdentifier", "urn:ResourceIdentifier001" },
        { "Subject.AlternativeName.RFC822Name", "device1@example.com" },
    };

    [Theory]
    [MemberData(nameof(ExampleOfAws))]
    public void Reads_the_certificate_of_AWS_guide_as_the_guide_does(string key, string value)
    {
        using var certificate = Example();
        ShouldHave(certificate, key, value);
        CertificateConditionKeys.Find($"iot:Certificate.{key}").ShouldNotBeNull();
    }

    [Fact]
    public void Reads_the_first_of_several_values_and_each_by_its_index()
    {
        using var certificate = Make(Rdns(("2.5.4.10", "a"), ("2.5.4.10", "b"), ("2.5.4.3", "c"), ("2.5.4.10", "d")));
        ShouldHave(certificate, "Subject.Organization", "a");
        ShouldHave(certificate, "Subject.Organization.0", "a");
        ShouldHave(certificate, "Subject.Organization.2", "d");
        ShouldNotHave(certificate, "Subject.Organization.3");
        AllAre(certificate, "Subject.Organization.List", "a", "b", "d").ShouldBeTrue();
        AllAre(certificate, "Subject.Organization.List", "a", "b").ShouldBeFalse();
    }

    [Fact]
    public void Reads_at_most_five_values_of_a_name()
    {
        using var certificate = Make(Rdns([.. Enumerable.Range(0, 7).Select(i => ("2.5.4.11", $"unit {i}"))]));
        ShouldHave(certificate, "Subject.OrganizationalUnit.4", "unit 4");
        ShouldNotHave(certificate, "Subject.OrganizationalUnit.5");
        string[] first = ["unit 0", "unit 1", "unit 2", "unit 3", "unit 4"];
        AllAre(certificate, "Subject.OrganizationalUnit.List", first).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a*")]
    [InlineData("a?")]
    [InlineData("a+b")]
    [InlineData("#")]
    [InlineData("${aws:username}")]
    public void Leaves_out_a_single_value_with_a_wildcard_and_keeps_it_in_the_list(string value)
    {
        using var certificate = Make(Rdns(("2.5.4.3", value)));
        ShouldNotHave(certificate, "Subject.CommonName");
        AllAre(certificate, "Subject.CommonName.List", "b").ShouldBeFalse();
    }

    [Fact]
    public void Escapes_special_characters_with_a_backslash()
    {
        using var certificate = Make(Rdns(("2.5.4.10", """Amazon, "Inc."; O=A <b> \ c""")));
        ShouldHave(certificate, "Subject.Organization", """Amazon\\, \\\"Inc.\\\"\\; O\\=A \\<b\\> \\\\ c""");
    }

    [Fact]
    public void Leaves_out_a_value_of_more_than_1024_characters()
    {
        using var certificate = Make(Rdns(("2.5.4.3", new string('a', 1025)), ("2.5.4.3", new string('b', 1024))));
        ShouldNotHave(certificate, "Subject.CommonName");
        ShouldHave(certificate, "Subject.CommonName.1", new string('b', 1024));
    }

    [Fact]
    public void Lists_the_names_that_have_values_as_available_keys()
    {
        using var certificate = Make(Rdns(("2.5.4.3", "a")));
        string[] available =
            ["iot:Certificate.SerialNumber", "iot:Certificate.Subject.CommonName", "iot:Certificate.Issuer.CommonName"];
        AllAre(certificate, "AvailableKeys", available).ShouldBeTrue();
        AllAre(certificate, "AvailableKeys", available[..2]).ShouldBeFalse();
    }

    [Fact]
    public void Ignores_a_malformed_name_and_reads_the_others()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256);
        // An address of two bytes, and an empty DNS name.
        byte[] names = [0x30, 0x06, 0x87, 0x02, 1, 2, 0x82, 0x00];
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", names, false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        ShouldHave(certificate, "Subject.CommonName", "a");
        ShouldNotHave(certificate, "Subject.AlternativeName.IPAddress");
    }

    private static void ShouldHave(X509Certificate2 certificate, string key, string value) =>
        Meets(certificate, $$$"""{"StringEquals":{"iot:Certificate.{{{key}}}":"{{{value}}}"}}""").ShouldBeTrue(key);

    private static void ShouldNotHave(X509Certificate2 certificate, string key) =>
        Meets(certificate, $$$"""{"Null":{"iot:Certificate.{{{key}}}":"true"}}""").ShouldBeTrue(key);

    private static bool AllAre(X509Certificate2 certificate, string key, params string[] values) => Meets(
        certificate,
        $$$"""{"ForAllValues:StringEquals":{"iot:Certificate.{{{key}}}":{{{JsonSerializer.Serialize(values)}}}}}""");

    private static bool Meets(X509Certificate2 certificate, string condition)
    {
        PolicyDocument.TryParse(
            $$"""
            {"Version": "2012-10-17", "Statement":
              {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{condition}} } }
            """,
            out var document, out var errors).ShouldBeTrue(string.Join('\n', errors));
        var context = new RequestContext();
        CertificateConditionKeys.Set(context, certificate);
        var request = new AccessRequest("iot:Connect", "*", context);
        return PolicyEvaluation.Decide([new AttachedPolicy("p", document!)], request).IsAllowed;
    }

    private static X500DistinguishedName Rdns(params (string Type, string Value)[] parts)
    {
        var name = new X500DistinguishedNameBuilder();
        // The builder encodes its parts from the last to the first.
        foreach (var (type, value) in parts.Reverse()) name.Add(type, value);
        return name.Build();
    }

    private static X509Certificate2 Make(X500DistinguishedName subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        return request.Create(
            new X500DistinguishedName("CN=issuer"), X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow.AddDays(1), [1]);
    }

    private static X509Certificate2 Example()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = Rdns(
            ("2.5.4.6", "US"), ("2.5.4.10", "IoT Devices"), ("2.5.4.11", "LightBulb"), ("2.5.4.8", "NY"),
            ("2.5.4.3", "LightBulb Device Cert"), ("2.5.4.42", "Bulb"), ("2.5.4.43", "ZZ"), ("2.5.4.46", "Bulb001"),
            ("2.5.4.4", "Multi Color"), ("2.5.4.12", "RGB"), ("2.5.4.65", "RGB Device"), ("2.5.4.44", "4"),
            ("2.5.4.5", "123"));
        var issuer = Rdns(
            ("2.5.4.6", "US"), ("2.5.4.10", "IoT Devices"), ("2.5.4.11", "SmartHome"), ("2.5.4.8", "WA"),
            ("2.5.4.3", "IoT Devices Primary CA"), ("2.5.4.42", "Primary CA1"), ("2.5.4.43", "XY"),
            ("2.5.4.46", "Example corp"), ("2.5.4.4", "SmartHome"), ("2.5.4.12", "CA1"), ("2.5.4.65", "Primary_CA"),
            ("2.5.4.44", "2"), ("2.5.4.5", "987"));
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            AlternativeNames("example.com", "1.2.3.4", "urn:ResourceIdentifier001", "device1@example.com"));
        var ofIssuer = AlternativeNames("issuer.com", "5.6.7.8", "urn:PrimarySignerCA", "primary@issuer.com");
        request.CertificateExtensions.Add(new X509Extension("2.5.29.18", ofIssuer.RawData, false));
        var serialNumber = Convert.FromHexString("00921285CBB7A5E086");
        return request.Create(
            issuer, X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow.AddDays(1), serialNumber);
    }

    private static X509Extension AlternativeNames(string dns, string address, string uri, string email)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dns);
        names.AddIpAddress(IPAddress.Parse(address));
        names.AddUri(new Uri(uri));
        names.AddEmailAddress(email);
        return names.Build();
    }
}
