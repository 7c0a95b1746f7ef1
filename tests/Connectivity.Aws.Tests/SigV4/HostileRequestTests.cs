using System.Diagnostics;
using Connectivity.Aws.SigV4;
using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Whatever comes is answered with an error: nothing throws, and nothing verifies that the key did not sign.</summary>
public sealed class HostileRequestTests
{
    /// <summary>Of each property in a run of the tests; <c>SigV4_Fuzz</c> in the environment asks for more.</summary>
    private static readonly long Requests = long.TryParse(Environment.GetEnvironmentVariable("SigV4_Fuzz"), out var asked) ? asked : 20_000;

    private static readonly string[] Words =
    [
        "AWS4-HMAC-SHA256", "AWS4", " ", ",", ", ", "=", ";", "/", "&", "?", "%", "%2", "%2F", "%zz", "%00", "%FF", "%C3%A4", "+", "..", ".", "//",
        "\0", "\n", "\r\n", "\t", "\uD800", "\uDC00", "ä", "\U0001F600", "\u0131", "\u212A", "Credential", "Credential=", "SignedHeaders=", "Signature=",
        "AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request", "host", "host;x-amz-date", "x-amz-date", "Host", "20261123T061240Z", "20261123",
        "ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9", "X-Amz-Algorithm=", "X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=",
        "X-Amz-SignedHeaders=", "X-Amz-Signature=", "X-Amz-Security-Token=", "300", "-1", "99999999999999999999", "http://", "https://h", "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "Mon, 23 Nov 2026 06:12:40 GMT",
    ];

    private static readonly Gen<string> Any =
        Gen.Frequency((6, Gen.OneOf(Words)), (1, Gen.Char.Select(c => c.ToString())), (1, Gen.String)).Array[0, 25].Select(string.Concat);

    private static readonly Gen<string> HeaderName = Gen.OneOf(
        "authorization", "Authorization", "host", "x-amz-date", "X-Amz-Date", "date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-meta", "", "x");

    private static readonly Gen<string> Authorization = Gen.Select(Any, Any, Any, Any).Select((a, b, c, d) =>
        $"AWS4-HMAC-SHA256 {a}Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request{b}, SignedHeaders=host{c}, "
        + $"Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}");

    /// <summary>Reads, checks and verifies as far as the request lets it; the key is found whatever its id.</summary>
    private static bool Verifies(RequestHead request)
    {
        if (!SignatureClaims.TryRead(request, out var claims, out var error))
        {
            if (error.Status != 403 || error.Message.Length == 0) throw new InvalidOperationException($"a strange refusal: {error}");
            return false;
        }

        var refused = Keys.Rules.Check(claims, Keys.Now, true) is not null;
        var key = SigningKey.Derive(Keys.Secret, claims.Scope);
        if (claims.NamesPayload) refused |= SignatureVerification.VerifyBeforeBody(claims, key) is not null;
        refused |= SignatureVerification.VerifyWithBody(claims, key, new byte[32]) is not null;
        return !refused;
    }

    private static void NoneVerifies(Gen<RequestHead> requests) =>
        requests.Sample(request => !Verifies(request), iter: Requests, print: Print);

    private static string Print(RequestHead request) =>
        $"{request.Method} {request.Target}\n{string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"))}";

    private static RequestHead Request(string method, string target, params IEnumerable<(string, string)> headers)
    {
        var request = new RequestHead(method, target);
        foreach (var (name, value) in headers) request.Add(name, value);
        return request;
    }

    [Fact]
    public void Any_authorization_is_refused() =>
        NoneVerifies(Gen.OneOf(Any, Authorization).Select(
            authorization => Request("GET", "/", ("host", "h"), ("x-amz-date", "20261123T061240Z"), ("authorization", authorization))));

    [Fact]
    public void Any_request_is_refused() =>
        NoneVerifies(Gen.Select(Any, Any, Gen.Select(HeaderName, Any).Array[0, 8]).Select((method, target, headers) => Request(method, target, headers)));

    [Fact]
    public void Any_presigned_query_is_refused() =>
        NoneVerifies(Gen.Select(Any, Any, Any, Any).Select((a, b, c, d) => Request(
            "GET",
            $"/{a}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261123%2Fus-east-1%2Fiot%2Faws4_request{b}&X-Amz-Date=20261123T061240Z"
            + $"&X-Amz-Expires=300{c}&X-Amz-SignedHeaders=host&X-Amz-Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9{d}",
            ("host", "h"))));

    [Fact]
    public void Any_target_under_a_signature_for_another_is_refused() =>
        NoneVerifies(Any.Select(any =>
        {
            var request = Wire.Request("GET /things/the-one\nhost:h");
            Keys.Signer().Sign(request, Keys.Now, []);
            return Wire.Copy(request, target: "/" + any);
        }));

    /// <summary>Signed by the house itself, so that what is read and calculated of strange targets and values is well defined.</summary>
    [Fact]
    public void Any_target_and_value_that_the_key_signed_verifies() =>
        Gen.Select(Any, Any, Gen.Byte.Array[0, 40]).Sample(
            (target, value, body) =>
            {
                var request = Request("GET", "/" + target, ("host", "h"), ("x-custom", value.Replace('\r', ' ').Replace('\n', ' ')));
                Keys.Signer().Sign(request, Keys.Now, body);
                // A target that is signed already, in part, is refused as signed twice.
                var error = Keys.Verify(request, body);
                (error is null || error.Code == "IncompleteSignatureException" && target.Contains("X-Amz-")).ShouldBeTrue(error?.Message);
            },
            iter: Requests);

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
