using System.Diagnostics;
using Connectivity.Aws.SigV4;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;
using CsCheck;
using static Connectivity.Aws.Tests.SigV4.AnyText;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Whatever comes is answered with an error: nothing throws, and nothing verifies that the key did not sign.</summary>
[Trait("kind", "fuzz")]
public sealed class HostileRequestTests
{
    /// <summary>Mostly nothing, so that what is elsewhere is looked at too.</summary>
    private static readonly Gen<string> Between = Gen.Frequency((3, Gen.Const("")), (1, Scrap), (1, Any));

    private static readonly Gen<string> Authorization = Gen.Select(Between, Between, Between, Between).Select((a, b, c, d) =>
        $"AWS4-HMAC-SHA256 {a}Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request{b}, SignedHeaders=host{c}, "
        + $"Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}");

    /// <summary>As near to the key as can be, and not the key.</summary>
    private static readonly RequestSigner[] Impostors =
    [
        new(Keys.Id, Keys.Secret + "x", Keys.Region), new(Keys.Id, Keys.Secret[..^1], Keys.Region), new(Keys.Id, Keys.Secret.ToUpperInvariant(), Keys.Region),
        new(Keys.Id, "", Keys.Region), new(Keys.Id, Keys.Id, Keys.Region), new("AKIDEXAMPLF", Keys.Secret, Keys.Region),
        new(Keys.Id, Keys.Secret, "eu-west-1"), new(Keys.Id, Keys.Secret, Keys.Region, "s3"), new(Keys.Id, Keys.Secret + " ", Keys.Region, "iot", "token"),
    ];

    /// <summary>Reads, checks and verifies as far as the request lets it; the key is found whatever its id.</summary>
    private static string Refusal(RequestHead request)
    {
        if (!SignatureClaims.TryRead(request, out var claims, out var error)) return Code(error);
        var refused = Keys.Rules.Check(claims, Keys.Now, true);
        var key = SigningKey.Derive(Keys.Secret, claims.Scope);
        if (claims.NamesPayload) refused ??= SignatureVerification.VerifyBeforeBody(claims, key);
        refused ??= SignatureVerification.VerifyWithBody(claims, key, new byte[32]);
        return Code(refused ?? throw new InvalidOperationException("It verifies."));
    }

    private static string Code(AwsError refusal) => refusal is { Status: 403, Message.Length: > 0 }
        ? refusal.Code.Replace("Exception", "")
        : throw new InvalidOperationException($"a strange refusal: {refusal}");

    private static void NoneVerifies(string kind, Gen<RequestHead> requests) => Fuzz.Run(kind, requests, Refusal, Print);

    private static string Print(RequestHead request) =>
        $"{request.Method} {request.Target}\n{string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"))}";

    private static RequestHead Request(string method, string target, params IEnumerable<(string, string)> headers)
    {
        var request = new RequestHead(method, target);
        foreach (var (name, value) in headers) request.Add(name, value);
        return request;
    }

    [Fact]
    public void Any_authorization_is_refused() => NoneVerifies(
        "Authorization header, generated",
        Gen.Frequency((1, Any), (4, Authorization)).Select(
            authorization => Request("GET", "/", ("host", "h"), ("x-amz-date", "20261123T061240Z"), ("authorization", authorization))));

    [Fact]
    public void Any_request_is_refused() => NoneVerifies(
        "request, generated",
        Gen.Select(Any, Any, Gen.Select(HeaderName, Any).Array[0, 8]).Select((method, target, headers) => Request(method, target, headers)));

    [Fact]
    public void Any_presigned_query_is_refused() => NoneVerifies(
        "presigned query, generated",
        Gen.Select(Between, Between, Between, Between).Select((a, b, c, d) => Request(
            "GET",
            $"/{a}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261123%2Fus-east-1%2Fiot%2Faws4_request{b}&X-Amz-Date=20261123T061240Z"
            + $"&X-Amz-Expires=300{c}&X-Amz-SignedHeaders=host&X-Amz-Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}",
            ("host", "h"))));

    [Fact]
    public void Any_target_under_a_signature_for_another_is_refused() => NoneVerifies(
        "path and query, generated, under a signature for another",
        Any.Select(any =>
        {
            var request = Wire.Request("GET /things/the-one\nhost:h");
            Keys.Signer().Sign(request, Keys.Now, []);
            return Wire.Copy(request, target: "/" + any);
        }));

    /// <summary>In header and query alike. What verifies must say the same as what was signed: its own request, or the one that lent a part.</summary>
    [Fact]
    public void A_signed_request_that_was_changed_is_refused_unless_it_says_the_same()
    {
        const string same = "say the same and verify";
        var outcomes = Fuzz.Run(
            "signed request, changed",
            ChangedRequest.Any,
            changed =>
            {
                if (Keys.Verify(changed.Head, changed.Body) is { } refusal) return Code(refusal);
                foreach (var signed in (SignedRequest[])[changed.Signed, changed.Other])
                {
                    var meant = PlainMeaning.Of(signed.Head, signed.Body, signed.SignedHeaders);
                    if (PlainMeaning.Of(changed.Head, changed.Body, signed.SignedHeaders) == meant) return same;
                }

                throw new InvalidOperationException("It verifies and says something else.");
            });

        var all = outcomes.Values.Sum();
        outcomes[same].ShouldBeInRange(all / 100, all / 2);
        outcomes["InvalidSignature"].ShouldBeGreaterThan(all / 10);
    }

    [Fact]
    public void What_another_than_the_key_signed_is_refused() => Fuzz.Run(
        "request signed by another",
        SignedRequest.By(Gen.OneOf(Impostors)),
        signed => Code(Keys.Verify(signed.Head, signed.Body) ?? throw new InvalidOperationException("It verifies.")),
        signed => Print(signed.Head));

    /// <summary>Signed by the house itself, so that what is read and calculated of strange targets and values is well defined.</summary>
    [Fact]
    public void Any_target_and_value_that_the_key_signed_verifies() => Fuzz.Run(
        "path, query and header, generated and then signed",
        Gen.Select(Any, Any, Gen.Byte.Array[0, 40]),
        any =>
        {
            var (target, value, body) = any;
            var request = Request("GET", "/" + target, ("host", "h"), ("x-custom", value.Replace('\r', ' ').Replace('\n', ' ')));
            Keys.Signer().Sign(request, Keys.Now, body);
            if (Keys.Verify(request, body) is not { } error) return "verify";
            // A target that is signed already, in part, is refused as signed twice.
            (error.Code == "IncompleteSignatureException" && target.Contains("X-Amz-")).ShouldBeTrue(error.Message);
            return "are signed twice";
        });

    /// <summary>A million of a thing is far above what any server lets through; work that grew as its square would take minutes.</summary>
    [Theory]
    [InlineData("path")]
    [InlineData("dots")]
    [InlineData("parameters")]
    [InlineData("amazon parameters")]
    [InlineData("authorization")]
    [InlineData("names")]
    [InlineData("spaces")]
    [InlineData("headers")]
    public void Time_grows_as_the_input_does(string what)
    {
        const int size = 1_000_000;
        var clock = Stopwatch.StartNew();
        var (target, authorization, headers) = what switch
        {
            "path" => (string.Concat(Enumerable.Repeat("/a", size)), null, Array.Empty<(string, string)>()),
            "dots" => (string.Concat(Enumerable.Repeat("/a", size / 2)) + string.Concat(Enumerable.Repeat("/..", size / 2)), null, []),
            "parameters" => ("/?" + string.Join('&', Enumerable.Range(0, size / 5)), null, []),
            "amazon parameters" => ("/?" + string.Concat(Enumerable.Repeat("X-Amz-Date=1&", size / 10)), "x", []),
            "authorization" => ("/", "AWS4-HMAC-SHA256 " + new string(',', size), []),
            "names" => ("/", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,Signature=a,SignedHeaders=" + new string(';', size), []),
            "spaces" => ("/", null, [("x-a", new string(' ', size) + "a" + string.Concat(Enumerable.Repeat(" \t", size)) + "b")]),
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
    }
}
