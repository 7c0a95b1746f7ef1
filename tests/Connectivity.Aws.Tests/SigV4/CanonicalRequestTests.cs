using Connectivity.Aws.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>The canonical form of one part of a request at a time, worked out by hand from the specification.</summary>
public sealed class CanonicalRequestTests
{
    private static string[] Lines(string method, string target, params (string Name, string Value)[] headers)
    {
        var request = new RequestHead(method, target);
        foreach (var (name, value) in headers) request.Add(name, value);
        var names = headers.Select(header => header.Name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal);
        return CanonicalRequest.Text(request, string.Join(';', names), "hash").Split('\n');
    }

    [Fact]
    public void The_canonical_request_has_method_path_query_headers_their_names_and_payload() =>
        CanonicalRequest.Text(
            Wire.Request(
                "POST /things/a%3Ab/connectivity-data?b=2&a=1\n"
                + "Host:h:1\nX-Amz-Date:20261123T061240Z\nUser-Agent:none"),
            "host;x-amz-date",
            "hash").ShouldBe(
            "POST\n/things/a%253Ab/connectivity-data\na=1&b=2\nhost:h:1\nx-amz-date:20261123T061240Z\n\n"
            + "host;x-amz-date\nhash");

    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("/things/pump", "/things/pump")]
    [InlineData("/things/pump/", "/things/pump/")]
    [InlineData("//", "/")]
    [InlineData("/.", "/")]
    [InlineData("/./", "/")]
    [InlineData("/..", "/")]
    [InlineData("/../..", "/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/../..", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/../c", "/a/c")]
    [InlineData("/../a", "/a")]
    [InlineData("/./a", "/a")]
    [InlineData("//a//b//", "/a/b/")]
    [InlineData("/a/.", "/a")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/.a", "/.a")]
    [InlineData("/a%3Ab", "/a%253Ab")]
    [InlineData("/a%3ab", "/a%253ab")]
    [InlineData("/a:b", "/a%3Ab")]
    [InlineData("/a%2Fb", "/a%252Fb")]
    [InlineData("/a%252Fb", "/a%25252Fb")]
    [InlineData("/%2e%2E/a", "/%252e%252E/a")]
    [InlineData("/a%20b", "/a%2520b")]
    [InlineData("/a b+c", "/a%20b%2Bc")]
    [InlineData("/%", "/%25")]
    [InlineData("/-._~0aZ", "/-._~0aZ")]
    [InlineData("/!*'()@$&,;=", "/%21%2A%27%28%29%40%24%26%2C%3B%3D")]
    [InlineData("/ä€\U0001F600", "/%C3%A4%E2%82%AC%F0%9F%98%80")]
    [InlineData("http://host:8080/a/b", "/a/b")]
    [InlineData("HTTPS://host/a", "/a")]
    [InlineData("Http://host/a", "/a")]
    public void The_path_is_normalised_and_encoded_once_more(string path, string canonical)
    {
        Lines("GET", path, ("host", "h"))[1].ShouldBe(canonical);
        Lines("GET", path + "?x=/", ("host", "h"))[1..3].ShouldBe([canonical, "x=%2F"]);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=", "a=")]
    [InlineData("a", "a=")]
    [InlineData("=a", "=a")]
    [InlineData("=", "=")]
    [InlineData("&&a=1&&b=2&", "a=1&b=2")]
    [InlineData("b=1&a=2&C=3", "C=3&a=2&b=1")]
    [InlineData("a=2&a=1&a=10&a", "a=&a=1&a=10&a=2")]
    [InlineData("a-b=1&a=2&a.b=3&ab=4", "a=2&a-b=1&a.b=3&ab=4")]
    [InlineData("a%3Ab=1&a0=2", "a%3Ab=1&a0=2")]
    [InlineData("a:b=c/d", "a%3Ab=c%2Fd")]
    [InlineData("a%3ab=c%2fd", "a%3Ab=c%2Fd")]
    [InlineData("%61=%7E%41", "a=~A")]
    [InlineData("a=b=c", "a=b%3Dc")]
    [InlineData("a=b%20c", "a=b%20c")]
    [InlineData("a=b+c", "a=b%20c")]
    [InlineData("a=b%2Bc", "a=b%2Bc")]
    [InlineData("a=%", "a=%25")]
    [InlineData("a=%4", "a=%254")]
    [InlineData("a=%zz", "a=%25zz")]
    [InlineData("a=%FF", "a=%FF")]
    [InlineData("a=ä€\U0001F600", "a=%C3%A4%E2%82%AC%F0%9F%98%80")]
    [InlineData("a=1?b=2", "a=1%3Fb%3D2")]
    [InlineData("a=1&X-Amz-Signature=2&b=3", "a=1&b=3")]
    [InlineData("a=1&X%2DAmz-Signature=2&b=3", "a=1&b=3")]
    [InlineData("a=1&x-amz-signature=2", "a=1&x-amz-signature=2")]
    public void The_query_is_reencoded_and_sorted(string query, string canonical) =>
        Lines("GET", "/?" + query, ("host", "h"))[2].ShouldBe(canonical);

    [Fact]
    public void Headers_are_lower_case_and_sorted() =>
        Lines("GET", "/", ("X-B", "2"), ("Host", "h"), ("X-A", "1"))[3..]
            .ShouldBe(["host:h", "x-a:1", "x-b:2", "", "host;x-a;x-b", "hash"]);

    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("  a  b\t c ", "a b c")]
    [InlineData("\"a   b\"", "\"a b\"")]
    [InlineData("A, B", "A, B")]
    [InlineData("ä€", "ä€")]
    public void A_header_value_is_trimmed_and_its_runs_of_white_space_become_one_space(
        string value, string canonical) =>
        Lines("GET", "/", ("x-a", value))[3].ShouldBe("x-a:" + canonical);

    [Fact]
    public void The_values_of_a_repeated_header_are_joined_in_their_order() =>
        Lines("GET", "/", ("x-a", " z "), ("host", "h"), ("X-A", "a"), ("x-a", ""))[3..5]
            .ShouldBe(["host:h", "x-a:z,a,"]);

    [Fact]
    public void A_long_request_is_canonicalised_like_a_short_one()
    {
        var path = string.Concat(Enumerable.Repeat("/€", 3000));
        var query = string.Join('&', Enumerable.Range(0, 3000).Select(i => $"k{9999 - i}={i}"));
        var lines = Lines("GET", $"{path}?{query}", ("host", "h"), ("x-a", new string('ä', 10_000)));
        lines[1].ShouldBe(string.Concat(Enumerable.Repeat("/%E2%82%AC", 3000)));
        lines[2].ShouldBe(string.Join('&', query.Split('&').Reverse()));
        lines[4].ShouldBe("x-a:" + new string('ä', 10_000));
    }
}
