using System.Diagnostics;
using Connectivity.Aws.SigV4;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;
using CsCheck;
using static Connectivity.Aws.Tests.SigV4.AnyText;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// Any forged or malformed request results in an error: nothing throws, and nothing verifies that the key did not sign.
/// </summary>
[Trait("kind", "fuzz")]
public sealed class HostileRequestTests
{
    /// <summary>Mostly empty, so that the other parts are read too.</summary>
    private static readonly Gen<string> Between = Gen.Frequency((3, Gen.Const("")), (1, Scrap), (1, Any));

    private static readonly Gen<string> Authorization = Gen.Select(Between, Between, Between, Between).Select(
        (a, b, c, d) =>
            $"AWS4-HMAC-SHA256 {a}Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request{b}, "
            + $"SignedHeaders=host{c}, Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}");

    /// <summary>Signers that differ from the right one as little as possible.</summary>
    private static readonly RequestSigner[] Impostors =
    [
        new(Keys.Id, Keys.Secret + "x", Keys.Region), new(Keys.Id, Keys.Secret[..^1], Keys.Region),
        new(Keys.Id, Keys.Secret.ToUpperInvariant(), Keys.Region), new(Keys.Id, "", Keys.Region),
        new(Keys.Id, Keys.Id, Keys.Region), new("AKIDEXAMPLF", Keys.Secret, Keys.Region),
        new(Keys.Id, Keys.Secret, "eu-west-1"), new(Keys.Id, Keys.Secret, Keys.Region, "s3"),
        new(Keys.Id, Keys.Secret + " ", Keys.Region, "iot", "token"),
    ];

    /// <summary>
    /// Reads, checks and verifies the request with the same key for every key id; returns the code of the first error.
    /// </summary>
    private static string Refusal(RequestHead request)
    {
        if (!SignatureClaims.TryRead(request, out var claims, out var error)) return Code(error);
        var refused = Keys.Rules.Check(claims, Keys.Now, true);
        var key = SigningKey.Derive(Keys.Secret, claims.Scope);
        if (claims.NamesPayload) refused ??= SignatureVerification.VerifyBeforeBody(claims, key);
        refused ??= SignatureVerification.VerifyWithBody(claims, key, new byte[32]);
        return Code(refused ?? throw new InvalidOperationException("The request verifies."));
    }

    private static string Code(AwsError refusal) => refusal is { Status: 403, Message.Length: > 0 }
        ? refusal.Code.Replace("Exception", "")
        : throw new InvalidOperationException($"unexpected error: {refusal}");

    private static void NoneVerifies(string kind, Gen<RequestHead> requests) =>
        Fuzz.Run(kind, requests, Refusal, Print);

    private static string Print(RequestHead request) =>
        $"{request.Method} {request.Target}\n"
        + string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"));

    private static RequestHead Request(string method, string target, params IEnumerable<(string, string)> headers)
    {
        var request = new RequestHead(method, target);
        foreach (var (name, value) in headers) request.Add(name, value);
        return request;
    }

    [Fact]
    public void Refuses_any_generated_authorization_header() => NoneVerifies(
        "Authorization header, generated",
        Gen.Frequency((1, Any), (4, Authorization)).Select(authorization => Request(
            "GET", "/", ("host", "h"), ("x-amz-date", "20261123T061240Z"), ("authorization", authorization))));

    [Fact]
    public void Refuses_any_generated_request() => NoneVerifies(
        "request, generated",
        Gen.Select(Any, Any, Gen.Select(HeaderName, Any).Array[0, 8]).Select(
            (method, target, headers) => Request(method, target, headers)));

    [Fact]
    public void Refuses_any_generated_presigned_query() => NoneVerifies(
        "presigned query, generated",
        Gen.Select(Between, Between, Between, Between).Select((a, b, c, d) => Request(
            "GET",
            $"/{a}?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + $"&X-Amz-Credential=AKIDEXAMPLE%2F20261123%2Fus-east-1%2Fiot%2Faws4_request{b}"
            + $"&X-Amz-Date=20261123T061240Z&X-Amz-Expires=300{c}&X-Amz-SignedHeaders=host"
            + $"&X-Amz-Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}",
            ("host", "h"))));

    [Fact]
    public void Refuses_any_target_under_the_signature_of_another() => NoneVerifies(
        "path and query, generated, under a signature for another",
        Any.Select(any =>
        {
            var request = Wire.Request("GET /things/the-one\nhost:h");
            Keys.Signer().Sign(request, Keys.Now, []);
            return Wire.Copy(request, target: "/" + any);
        }));

    /// <summary>
    /// In header and query alike. A changed request that verifies must be equivalent to one that was signed: the
    /// original, or the one that a part was taken from.
    /// </summary>
    [Fact]
    public void Refuses_a_changed_signed_request_unless_it_is_equivalent()
    {
        const string equivalent = "are equivalent and verify";
        var outcomes = Fuzz.Run(
            "signed request, changed",
            ChangedRequest.Any,
            changed =>
            {
                if (Keys.Verify(changed.Head, changed.Body) is { } refusal) return Code(refusal);
                foreach (var signed in (SignedRequest[])[changed.Signed, changed.Other])
                {
                    var meant = PlainMeaning.Of(signed.Head, signed.Body, signed.SignedHeaders);
                    if (PlainMeaning.Of(changed.Head, changed.Body, signed.SignedHeaders) == meant) return equivalent;
                }

                throw new InvalidOperationException("The request verifies and is equivalent to none that was signed.");
            });

        var all = outcomes.Values.Sum();
        outcomes[equivalent].ShouldBeInRange(all / 100, all / 2);
        outcomes["InvalidSignature"].ShouldBeGreaterThan(all / 10);
    }

    [Fact]
    public void Refuses_a_request_signed_with_another_key() => Fuzz.Run(
        "request signed by another",
        SignedRequest.By(Gen.OneOf(Impostors)),
        signed => Code(
            Keys.Verify(signed.Head, signed.Body) ?? throw new InvalidOperationException("The request verifies.")),
        signed => Print(signed.Head));

    /// <summary>
    /// Signs with the project's own signer, to show that unusual targets and values are read and calculated
    /// consistently.
    /// </summary>
    [Fact]
    public void Accepts_any_target_and_header_value_once_signed() => Fuzz.Run(
        "path, query and header, generated and then signed",
        Gen.Select(Any, Any, Gen.Byte.Array[0, 40]),
        any =>
        {
            var (target, value, body) = any;
            var line = value.Replace('\r', ' ').Replace('\n', ' ');
            var request = Request("GET", "/" + target, ("host", "h"), ("x-custom", line));
            Keys.Signer().Sign(request, Keys.Now, body);
            if (Keys.Verify(request, body) is not { } error) return "verify";
            // A target that is signed already, in part, is refused as signed twice.
            (error.Code == "IncompleteSignatureException" && target.Contains("X-Amz-")).ShouldBeTrue(error.Message);
            return "are signed twice";
        });

    /// <summary>A million of any part is far more than a server accepts; quadratic work would take minutes.</summary>
    [Theory]
    [InlineData("path")]
    [InlineData("dots")]
    [InlineData("parameters")]
    [InlineData("amazon parameters")]
    [InlineData("authorization")]
    [InlineData("names")]
    [InlineData("spaces")]
    [InlineData("headers")]
    public void Verification_takes_no_quadratic_time(string what)
    {
        const int size = 1_000_000;
        var clock = Stopwatch.StartNew();
        var (target, authorization, headers) = what switch
        {
            "path" => (Repeat("/a", size), null, Array.Empty<(string, string)>()),
            "dots" => (Repeat("/a", size / 2) + Repeat("/..", size / 2), null, []),
            "parameters" => ("/?" + string.Join('&', Enumerable.Range(0, size / 5)), null, []),
            "amazon parameters" => ("/?" + Repeat("X-Amz-Date=1&", size / 10), "x", []),
            "authorization" => ("/", "AWS4-HMAC-SHA256 " + new string(',', size), []),
            "names" => (
                "/",
                "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,Signature=a,SignedHeaders=" + new string(';', size),
                []),
            "spaces" => ("/", null, [("x-a", new string(' ', size) + "a" + Repeat(" \t", size) + "b")]),
            _ => ("/", (string?)null, Enumerable.Range(0, size / 100).Select(i => ("x" + i % 50, "v")).ToArray()),
        };
        var request = Request("GET", target, [("host", "h"), .. headers]);
        if (authorization is null)
        {
            Keys.Signer().Sign(request, Keys.Now, []);
            Keys.Verify(request, []).ShouldBeNull();
        }
        else
        {
            request.Add("authorization", authorization);
            request.Add("x-amz-date", "20261123T061240Z");
            Keys.Verify(request, []).ShouldNotBeNull();
        }

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));

        static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
    }
}
