using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Access.Devices;
using Connectivity.Api.Gateway;
using Connectivity.Domain;
using Connectivity.Gateway.Access;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>A key that the policy of a device can use is one that its connection can have.</summary>
public sealed class DeviceIdentityTests
{
    public static TheoryData<string> Keys =>
    [
        "iot:ClientId", "aws:SourceIp", "iot:DomainName", "iot:Connection.Thing.ThingName",
        "iot:Connection.Thing.Attributes[site]", "iot:Connection.Thing.IsAttached", "iot:ConnectAttributes",
        "iot:LastWillTopic", "iot:IncludeSocketInformation", "aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime",
        "iot:Certificate.SerialNumber", "iot:Certificate.AvailableKeys", "iot:Certificate.Subject.CommonName",
        "iot:Certificate.Issuer.CommonName.List", "iot:Certificate.Subject.AlternativeName.DNSName.0",
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Has_every_accepted_key_of_a_connection_with_everything(string key)
    {
        var policy =
            $$$"""
            {"Version": "2012-10-17", "Statement":
              {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
               "Condition": {"Null": {"{{{key}}}": "false"} } } }
            """;
        DeviceConditionKeys.Of(DeviceCredential.Certificate).Check(policy).ShouldBeEmpty();
        Identity(policy).MayConnect().ShouldBeTrue();
    }

    [Theory]
    [InlineData("iot:Certificate.SerialNumber")]
    [InlineData("iot:Certificate.Subject.CommonName")]
    public void Has_no_key_of_a_certificate_that_did_not_authenticate_the_device(string key)
    {
        var policy =
            $$$"""
            {"Version": "2012-10-17", "Statement":
              {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
               "Condition": {"Null": {"{{{key}}}": "true"} } } }
            """;
        Identity(policy, DeviceCredential.Password).MayConnect().ShouldBeTrue();
    }

    private static DeviceIdentity Identity(string policy, string kind = DeviceCredential.Certificate)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pump", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("pump.example");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        var claim = new DeviceClaim
        {
            ClientId = "pump",
            Source = IPAddress.Loopback,
            IsEncrypted = true,
            ClientCertificate = certificate,
            ServerName = "iot.example",
            WillTopic = "gone",
            IsPersistent = true,
        };
        var credential = new DeviceCredential(
            "id", "pump", kind, policy, default, new Dictionary<string, string> { ["site"] = "plant" });
        return new DeviceIdentity(new Account("123456789012", "us-east-1"), claim, credential, TimeProvider.System, 0);
    }
}
