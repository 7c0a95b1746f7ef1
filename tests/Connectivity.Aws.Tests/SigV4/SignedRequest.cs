using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;
using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// A request that the key signed, in its header or its query, and the headers that the signature covers.
/// </summary>
internal sealed record SignedRequest(RequestHead Head, byte[] Body, string SignedHeaders)
{
    private static readonly Gen<string> Target =
        from path in Gen.OneOf(
            "/things/pump", "/things/a%3Ab/connectivity-data", "/things", "/", "/a/../things/b/", "//things/./c",
            "http://h:1/things/d")
        from query in Gen.OneOf(
            "", "", "?", "?maxResults=2&nextToken=a%2Bb%2F%3D", "?b=2&a=1&a=0", "?attributeName=a+b&x&y=",
            "?expectedVersion=3")
        select path + query;

    private static readonly Gen<(string, string)[]> Headers = Gen.Select(
        Gen.OneOf("content-type", "accept", "X-Custom", "x-amz-meta", "x-amz-meta", "user-agent"),
        Gen.OneOf("application/json", "a", "one,two", "A  b", "", "\"x\"", "w/1.2 (y)")).Array[0, 4];

    private static readonly Gen<byte[]> Bodies =
        Gen.OneOf("", "{}", """{"includeSocketInformation":true}""").Select(System.Text.Encoding.UTF8.GetBytes);

    /// <summary>Requests signed by one of the signers, whose secret may differ from the key's.</summary>
    public static Gen<SignedRequest> By(Gen<RequestSigner> signers) =>
        from method in Gen.OneOf("GET", "POST", "DELETE", "PATCH")
        from target in Target
        from headers in Headers
        from body in Bodies
        from form in Gen.OneOf("named", "not named", "presigned")
        from age in Gen.Int[-299, 299]
        from signer in signers
        select Sign(Request(method, target, headers), body, form, Keys.Now.AddSeconds(-age), signer);

    public static readonly Gen<SignedRequest> Any = By(Gen.OneOf(Keys.Signer(), Keys.Signer("IQoJb3JpZ2lu/+w==")));

    private static SignedRequest Sign(
        RequestHead request, byte[] body, string form, DateTimeOffset time, RequestSigner signer)
    {
        if (form == "presigned") request = signer.Presign(request, time, TimeSpan.FromSeconds(300), body);
        else signer.Sign(request, time, body, form == "named" ? PayloadSigning.Named : PayloadSigning.NotNamed);
        return new(request, body, Keys.Claims(request).SignedHeaders);
    }

    private static RequestHead Request(string method, string target, (string, string)[] headers)
    {
        var request = new RequestHead(method, target);
        request.Add("Host", "127.0.0.1:8080");
        foreach (var (name, value) in headers) request.Add(name, value);
        return request;
    }
}
