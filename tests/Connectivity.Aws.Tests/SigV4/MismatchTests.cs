using System.Security.Cryptography;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;
using static Connectivity.Aws.Tests.SigV4.Refusal;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Signatures and bodies that do not match the calculated ones.</summary>
public sealed class MismatchTests
{
    private const string BadPayload =
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a lower-case hexadecimal sha256 value.";

    [Theory]
    [InlineData("Signature=ea8b")]
    [InlineData("Signature=EA8B00CA8DDACF54890CFB6D37AFCAB4B7D61A9AC0CBF9770E200658C402D0D9")]
    [InlineData("Signature=gggg00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9")]
    [InlineData(Signature + "0")]
    [InlineData(Signature)]
    public void Refuses_a_signature_other_than_the_calculated_one(string signature) =>
        Invalid(
            Keys.Verify(Request($"AWS4-HMAC-SHA256 {Credential}, SignedHeaders=host;x-amz-date, {signature}"), []),
            Keys.Mismatch);

    [Fact]
    public void Refuses_a_signature_by_another_secret()
    {
        var claims = Keys.Claims(Signed());
        var key = SigningKey.Derive(Keys.Secret + "x", claims.Scope);
        Invalid(SignatureVerification.VerifyBeforeBody(claims, key), Keys.Mismatch);
    }

    [Fact]
    public void An_unsigned_payload_is_accepted_only_where_the_caller_allows_it()
    {
        var request = Signed(payload: PayloadSigning.Unsigned);
        Keys.Claims(request).LeavesPayloadUnsigned.ShouldBeTrue();
        Keys.Verify(request, "any"u8, unsignedPayloadAllowed: true).ShouldBeNull();
        Invalid(
            Keys.Verify(request, "any"u8),
            "The payload must be signed: x-amz-content-sha256 must not be UNSIGNED-PAYLOAD here.");
    }

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    [InlineData("unsigned-payload")]
    [InlineData("")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void Refuses_a_payload_claim_that_is_not_a_hash(string claim)
    {
        var request = Wire.Request($"GET /\nhost:h\nx-amz-content-sha256:{claim}");
        Keys.Signer().Sign(request, Keys.Now, [], PayloadSigning.NotNamed);
        Incomplete(request, BadPayload);
    }

    [Fact]
    public void Refuses_a_repeated_payload_claim() =>
        Incomplete(
            Signed(more: $"x-amz-content-sha256:{new string('0', 64)}"),
            "Header 'x-amz-content-sha256' must occur once.");

    [Fact]
    public void Refuses_a_body_with_another_hash_after_verifying_the_signature()
    {
        var claims = Keys.Claims(Signed());
        claims.NamesPayload.ShouldBeTrue();
        SignatureVerification.VerifyBeforeBody(claims, SigningKey.Derive(Keys.Secret, claims.Scope)).ShouldBeNull();
        SignatureVerification.VerifyBody(claims, SHA256.HashData([])).ShouldBeNull();
        const string message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        Invalid(SignatureVerification.VerifyBody(claims, SHA256.HashData([1])), message);
        Invalid(SignatureVerification.VerifyBody(claims, default), message);
        Invalid(SignatureVerification.VerifyBody(claims, new byte[33]), message);
    }

    [Fact]
    public void A_request_without_a_payload_claim_can_be_verified_only_with_its_body()
    {
        var claims = Keys.Claims(Signed(payload: PayloadSigning.NotNamed));
        var key = SigningKey.Derive(Keys.Secret, claims.Scope);
        claims.NamesPayload.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => SignatureVerification.VerifyBeforeBody(claims, key));
        Should.Throw<InvalidOperationException>(() => SignatureVerification.VerifyBody(claims, SHA256.HashData([])));
        SignatureVerification.VerifyWithBody(claims, key, SHA256.HashData([])).ShouldBeNull();
        Invalid(SignatureVerification.VerifyWithBody(claims, key, default), Keys.Mismatch);
        Invalid(SignatureVerification.VerifyWithBody(claims, key, new byte[33]), Keys.Mismatch);
    }
}
