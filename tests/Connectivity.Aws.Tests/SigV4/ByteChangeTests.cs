using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// Every change of one byte that a signature covers is detected: each byte is replaced by each of a set of others,
/// removed, and preceded by one. Each test names the changes that it leaves out because the specification treats both
/// requests as equivalent.
/// </summary>
public sealed class ByteChangeTests
{
    private const string Replacements = "aZ09/%?&=.:;+ ,-_~\t\"\0é";

    public static TheoryData<string, PayloadSigning> Requests => new()
    {
        { "POST /things/a%3Ab/connectivity-data\nhost:127.0.0.1:8080\ncontent-type:application/json",
            PayloadSigning.Named },
        { "GET /things?maxResults=2&nextToken=a%2Bb%2F%3D\nhost:h\nx-custom:one\nx-custom:two",
            PayloadSigning.NotNamed },
        { "DELETE /things/pump?expectedVersion=3\nhost:h:1\nx-amz-meta:A  b", PayloadSigning.Named },
        { "PATCH /things/pump\nhost:h\ncontent-length:2", PayloadSigning.Unsigned },
    };

    private static readonly byte[] Body = """{"includeSocketInformation":true}"""u8.ToArray();

    private static RequestHead Signed(string lines, PayloadSigning payload, string? token = "IQoJb3JpZ2lu/+w==")
    {
        var request = Wire.Request(lines);
        Keys.Signer(token).Sign(request, Keys.Now, Body, payload);
        Verifies(request).ShouldBeTrue();
        return request;
    }

    private static bool Verifies(RequestHead request, byte[]? body = null) =>
        Keys.Verify(request, body ?? Body, unsignedPayloadAllowed: true) is null;

    private static IEnumerable<string> Changes(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            yield return text.Remove(i, 1);
            yield return text[..i] + (char)(text[i] ^ 0x20) + text[(i + 1)..];
            yield return text[..i] + (char)(text[i] ^ 1) + text[(i + 1)..];
            foreach (var other in Replacements)
            {
                yield return text.Insert(i, other.ToString());
                if (other != text[i]) yield return text[..i] + other + text[(i + 1)..];
            }
        }

        foreach (var other in Replacements) yield return text + other;
    }

    private static void NoneVerifies(string text, Func<string, RequestHead> change, Func<string, bool> isEquivalent)
    {
        var tried = 0;
        foreach (var changed in Changes(text))
        {
            if (isEquivalent(changed)) continue;
            tried++;
            Verifies(change(changed)).ShouldBeFalse($"'{changed}' verifies in place of '{text}'");
        }

        tried.ShouldBeGreaterThan(text.Length * Replacements.Length);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Refuses_a_changed_method(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        NoneVerifies(request.Method, method => Wire.Copy(request, method: method), _ => false);
    }

    /// <summary>
    /// Equivalent: a repeated slash, and a dot segment; in the query, an escape in the other case, and an empty
    /// parameter.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void Refuses_a_changed_path_or_query(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        var same = Plain(request.Target);
        NoneVerifies(request.Target, target => Wire.Copy(request, target: target), changed => Plain(changed) == same);

        static string Plain(string target)
        {
            var parts = target.Replace("//", "/").Split('?', 2);
            var query = parts.Length < 2 ? "" : parts[1];
            query = query.Replace("%2b", "%2B").Replace("%2f", "%2F").Replace("%3d", "%3D").Replace("&&", "&");
            return $"{WithoutDotSegment(parts[0])}?{query.Trim('&')}";
        }
    }

    private static string WithoutDotSegment(string path) =>
        path.StartsWith("/./", StringComparison.Ordinal) ? path[2..] : path.Replace("/./", "/");

    /// <summary>
    /// Every header but <c>Authorization</c>, with session token, date and the body's claimed hash. Equivalent: white
    /// space around a value, and more or other white space where there is some, in headers whose value is free text.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void Refuses_a_changed_header(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        for (var i = 0; i < request.Headers.Count - 1; i++)
        {
            var (index, value) = (i, request.Headers[i].Value);
            NoneVerifies(
                value, changed => Wire.WithHeader(request, index, changed), changed => Plain(changed) == Plain(value));
        }

        static string Plain(string value) =>
            string.Join(' ', value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Equivalent: more or fewer spaces around the parameters.</summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void Refuses_a_changed_authorization_header(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        var last = request.Headers.Count - 1;
        var value = request.Headers[last].Value;
        NoneVerifies(
            value, changed => Wire.WithHeader(request, last, changed), changed => Plain(changed) == Plain(value));

        static string Plain(string value)
        {
            var parameters = value.Trim(' ').Replace("SHA256  ", "SHA256 ").Split(',');
            return string.Join(',', parameters.Select(parameter => parameter.Trim(' ')));
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Refuses_a_signed_header_that_is_missing_repeated_or_renamed(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        foreach (var (name, value) in request.Headers)
        {
            Verifies(Wire.Without(request, name)).ShouldBeFalse(name);
            Verifies(Wire.With(request, name, value)).ShouldBeFalse(name);
            Verifies(Wire.With(Wire.Without(request, name), name + "x", value)).ShouldBeFalse(name);
        }
    }

    [Theory]
    [InlineData(PayloadSigning.Named)]
    [InlineData(PayloadSigning.NotNamed)]
    public void Refuses_a_changed_body(PayloadSigning payload)
    {
        var request = Signed("POST /things/a\nhost:h", payload);
        for (var i = 0; i < Body.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = Body.ToArray();
                changed[i] ^= (byte)(1 << bit);
                Verifies(request, changed).ShouldBeFalse();
            }

            Verifies(request, Body[..i]).ShouldBeFalse();
            Verifies(request, [.. Body[..i], .. Body[(i + 1)..]]).ShouldBeFalse();
            Verifies(request, [.. Body[..i], 0x20, .. Body[i..]]).ShouldBeFalse();
        }

        Verifies(request, [.. Body, 0]).ShouldBeFalse();
    }

    [Fact]
    public void Accepts_any_body_that_was_left_unsigned() =>
        Verifies(Signed("POST /things/a\nhost:h", PayloadSigning.Unsigned), "anything"u8.ToArray()).ShouldBeTrue();

    /// <summary>
    /// The whole target of a presigned request, with its scope, date, lifetime, token, list of headers and signature.
    /// Equivalent: as above, and separators that the query may contain encoded or not.
    /// </summary>
    [Fact]
    public void Refuses_a_changed_presigned_target()
    {
        var request = Keys.Signer("IQoJb3JpZ2lu/+w==").Presign(
            Wire.Request("GET /things/a%3Ab/connectivity-data?x=1\nhost:h\ncontent-type:application/json"),
            Keys.Now, TimeSpan.FromSeconds(300), Body);
        Verifies(request).ShouldBeTrue();
        var same = Plain(request.Target);
        NoneVerifies(request.Target, target => Wire.Copy(request, target: target), changed => Plain(changed) == same);

        static string Plain(string target)
        {
            var parts = target.Replace("//", "/").Split('?', 2);
            if (parts.Length < 2) return target;
            foreach (var escape in new[] { "%2F", "%3B", "%2B", "%3D" })
                parts[1] = parts[1].Replace(escape.ToLowerInvariant(), escape);
            return $"{WithoutDotSegment(parts[0])}?{parts[1].Replace("&&", "&").Trim('&')}";
        }
    }
}
