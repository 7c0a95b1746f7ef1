using System.Security.Cryptography;
using System.Text;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;
using static Connectivity.Aws.Tests.SigV4.Refusal;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>The region, service and time for which a signature is valid.</summary>
public sealed class ScopeAndTimeTests
{
    [Theory]
    [InlineData("eu-west-1", "iot", "Credential should be scoped to a valid region.")]
    [InlineData("us-east-1", "iotdata", "Credential should be scoped to correct service: 'iot'.")]
    [InlineData(
        "US-EAST-1", "",
        "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'iot'.")]
    public void Refuses_a_signature_for_another_region_or_service(string region, string service, string message)
    {
        var request = Wire.Request("GET /\nhost:h");
        new RequestSigner(Keys.Id, Keys.Secret, region, service).Sign(request, Keys.Now, []);
        Invalid(Keys.Rules.Check(Keys.Claims(request), Keys.Now, false), message);
    }

    [Fact]
    public void Accepts_the_service_name_of_old_clients()
    {
        var request = Wire.Request("GET /\nhost:h");
        new RequestSigner(Keys.Id, Keys.Secret, Keys.Region, "execute-api").Sign(request, Keys.Now, []);
        Keys.Verify(request, []).ShouldBeNull();
    }

    [Fact]
    public void Refuses_a_scope_of_another_day()
    {
        var authorization = $"AWS4-HMAC-SHA256 {Credential}, SignedHeaders=host;x-amz-date, {Signature}";
        Invalid(
            Keys.Verify(Request(authorization, "X-Amz-Date:20261124T000000Z"), []),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            + "'20261123' != '20261124', from '20261124T000000Z'.");
    }

    [Theory]
    [InlineData(-300, null)]
    [InlineData(300, null)]
    [InlineData(
        -301, "Signature expired: 20261123T060739Z is now earlier than 20261123T060740Z (20261123T061240Z - 5 min.)")]
    [InlineData(
        301,
        "Signature not yet current: 20261123T061741Z is still later than 20261123T061740Z "
        + "(20261123T061240Z + 5 min.)")]
    public void A_signature_is_valid_within_five_minutes_of_the_clock(int seconds, string? message)
    {
        var error = Keys.Verify(Signed(Keys.Now.AddSeconds(seconds)), [], Keys.Now.AddMilliseconds(999));
        if (message is null) error.ShouldBeNull();
        else Invalid(error, message);
    }

    [Theory]
    [InlineData(90, "90 sec")]
    [InlineData(900, "15 min")]
    public void The_clock_window_can_be_configured(int window, string words)
    {
        var rules = new SignatureRules(Keys.Region, ["iot"], TimeSpan.FromSeconds(window));
        Keys.Verify(Signed(Keys.Now.AddSeconds(-window)), [], rules: rules).ShouldBeNull();
        Keys.Verify(Signed(Keys.Now.AddSeconds(window)), [], rules: rules).ShouldBeNull();
        Keys.Verify(Signed(Keys.Now.AddSeconds(-window - 1)), [], rules: rules)!.Message
            .ShouldEndWith($"(20261123T061240Z - {words}.)");
        Keys.Verify(Signed(Keys.Now.AddSeconds(window + 1)), [], rules: rules)!.Message
            .ShouldEndWith($"(20261123T061240Z + {words}.)");
    }

    [Theory]
    [InlineData(600, -600, null)]
    [InlineData(600, 300, null)]
    [InlineData(604_800, -604_800, null)]
    [InlineData(1, -1, null)]
    [InlineData(
        600, -601,
        "Signature expired: 20261123T060239Z is now earlier than 20261123T060240Z (20261123T061240Z - 10 min.)")]
    [InlineData(
        1, -2, "Signature expired: 20261123T061238Z is now earlier than 20261123T061239Z (20261123T061240Z - 1 sec.)")]
    [InlineData(
        600, 301,
        "Signature not yet current: 20261123T061741Z is still later than 20261123T061740Z "
        + "(20261123T061240Z + 5 min.)")]
    public void A_presigned_request_is_valid_for_the_time_it_states(int expires, int seconds, string? message)
    {
        var request = Keys.Signer().Presign(
            Wire.Request("GET /things\nhost:h"), Keys.Now.AddSeconds(seconds), TimeSpan.FromSeconds(expires), []);
        var error = Keys.Verify(request, []);
        if (message is null) error.ShouldBeNull();
        else Invalid(error, message);
    }

    [Theory]
    [InlineData("20261123T061240Z")]
    [InlineData("Mon, 23 Nov 2026 06:12:40 GMT")]
    public void Accepts_a_date_header_in_place_of_the_amazon_date(string date)
    {
        var request = Wire.Request($"GET /\nhost:h\ndate:{date}");
        // The signer adds an x-amz-date, so the signature over the date alone is calculated here.
        var scope = new CredentialScope("20261123", Keys.Region, "iot");
        var canonical = CanonicalRequest.Text(request, "date;host", Convert.ToHexStringLower(SHA256.HashData([])));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        static byte[] Hmac(byte[] key, string data) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(data));
        var dateKey = Hmac(Encoding.UTF8.GetBytes("AWS4" + Keys.Secret), scope.Date);
        var key = Hmac(Hmac(Hmac(dateKey, scope.Region), scope.Service), "aws4_request");
        var signature = Convert.ToHexStringLower(
            Hmac(key, $"AWS4-HMAC-SHA256\n20261123T061240Z\n{scope}\n{hash}"));
        request.Add(
            "authorization", $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=date;host,Signature={signature}");
        Keys.Verify(request, []).ShouldBeNull();
    }
}
