using Connectivity.Aws.SigV4;
using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>A request that the AWS SDK for .NET signed verifies, with the body it signed only.</summary>
public sealed class SdkSignerTests
{
    private const int Requests = 5_000;

    [Fact]
    public void A_request_that_the_sdk_signed_in_the_header_verifies() =>
        SdkRequest.Any.Sample(
            call =>
            {
                var request = SdkSigner.Sign(call);
                var claims = Keys.Claims(request);
                claims.NamesPayload.ShouldBeTrue();
                claims.SessionToken.ShouldBe(call.SessionToken);
                Keys.Verify(request, call.Body, claims.SignedAt).ShouldBeNull();
                Keys.Verify(request, [.. call.Body, 0], claims.SignedAt).ShouldNotBeNull();
            },
            iter: Requests, print: Print);

    [Fact]
    public void A_request_that_the_sdk_signed_in_the_query_verifies() =>
        Gen.Select(SdkRequest.Any, Gen.Int[1, 604_800]).Sample(
            (call, expires) =>
            {
                var request = SdkSigner.Presign(call, expires);
                var claims = Keys.Claims(request);
                claims.Expires.ShouldBe(TimeSpan.FromSeconds(expires));
                claims.SessionToken.ShouldBe(call.SessionToken);
                claims.NamesPayload.ShouldBeFalse();
                Keys.Verify(request, [], claims.SignedAt).ShouldBeNull();
                Keys.Verify(request, [0], claims.SignedAt).ShouldNotBeNull();
            },
            iter: Requests, print: pair => Print(pair.Item1));

    [Fact]
    public void The_signer_calculates_the_signature_of_the_sdk()
    {
        SdkRequest.Any.Sample(
            call =>
            {
                var theirs = SdkSigner.Sign(call);
                var claims = Keys.Claims(theirs);
                var ours = new RequestHead(theirs.Method, theirs.Target);
                foreach (var (name, value) in theirs.Headers)
                {
                    var isOfSigner = name.ToLowerInvariant()
                        is "authorization" or "x-amz-date" or "x-amz-content-sha256" or "x-amz-security-token";
                    if (!isOfSigner) ours.Add(name, value);
                }

                Keys.Signer(call.SessionToken).Sign(ours, claims.SignedAt, call.Body);
                ours.Headers[^1].Value.ShouldBe(theirs.Headers.Single(header => header.Key == "Authorization").Value);
            },
            iter: Requests, print: Print);
    }

    private static string Print(SdkRequest call)
    {
        var headers = call.Headers.Select(header => $"{header.Key}: {string.Join("¦", header.Value)}");
        return $"{call.Method} [{string.Join("|", call.Path)}] ?{string.Join("|", call.Query)} "
            + $"{string.Join("|", headers)} {call.SessionToken} {call.Body.Length}";
    }
}
