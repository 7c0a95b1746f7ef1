using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// Every change of one byte of what a signature covers is noticed: each byte is replaced by each of a set of others, removed, and
/// preceded by one. Left out are the changes that the specification calls the same request, which are named at each test.
/// </summary>
public sealed class ByteChangeTests
{
    private const string Replacements = "aZ09/%?&=.:;+ ,-_~\t\"\0é";

    public static TheoryData<string, PayloadSigning> Requests => new()
    {
        { "POST /things/a%3Ab/connectivity-data\nhost:127.0.0.1:8080\ncontent-type:application/json", PayloadSigning.Named },
        { "GET /things?maxResults=2&nextToken=a%2Bb%2F%3D\nhost:h\nx-custom:one\nx-custom:two", PayloadSigning.NotNamed },
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

    private static void NoneVerifies(string text, Func<string, RequestHead> change, Func<string, bool> isTheSame)
    {
        var tried = 0;
        foreach (var changed in Changes(text))
        {
            if (isTheSame(changed)) continue;
            tried++;
            Verifies(change(changed)).ShouldBeFalse($"'{changed}' passes for '{text}'");
        }

        tried.ShouldBeGreaterThan(text.Length * Replacements.Length);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_changed_method_is_noticed(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        NoneVerifies(request.Method, method => Wire.Copy(request, method: method), _ => false);
    }

    /// <summary>
    /// The same: a further slash beside a slash, and a dot between two. In the query, an escape in the other case, and an empty parameter.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void A_changed_path_or_query_is_noticed(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        var same = Plain(request.Target);
        NoneVerifies(request.Target, target => Wire.Copy(request, target: target), changed => Plain(changed) == same);

        static string Plain(string target)
        {
            var parts = target.Replace("//", "/").Split('?', 2);
            var path = parts[0].StartsWith("/./", StringComparison.Ordinal) ? parts[0][2..] : parts[0].Replace("/./", "/");
            var query = parts.Length < 2 ? "" : parts[1].Replace("%2b", "%2B").Replace("%2f", "%2F").Replace("%3d", "%3D").Replace("&&", "&").Trim('&');
            return $"{path}?{query}";
        }
    }

    /// <summary>
    /// Session token, date, the body's claimed hash, and every other header but <c>Authorization</c>. The same: space around a value, and
    /// more or other space where there is some, in headers whose value is free text.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void A_changed_header_is_noticed(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        for (var i = 0; i < request.Headers.Count - 1; i++)
        {
            var (index, value) = (i, request.Headers[i].Value);
            NoneVerifies(value, changed => Wire.WithHeader(request, index, changed), changed => Plain(changed) == Plain(value));
        }

        static string Plain(string value) => string.Join(' ', value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The same: spaces around the parameters, the separator's space gone, and a comma's place for nothing.</summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public void A_changed_authorization_is_noticed(string lines, PayloadSigning payload)
    {
        var request = Signed(lines, payload);
        var last = request.Headers.Count - 1;
        var value = request.Headers[last].Value;
        NoneVerifies(value, changed => Wire.WithHeader(request, last, changed), changed => Plain(changed) == Plain(value));

        static string Plain(string value) =>
            string.Join(',', value.Trim(' ').Replace("SHA256  ", "SHA256 ").Split(',').Select(parameter => parameter.Trim(' ')));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_signed_header_that_is_missing_twice_or_under_another_name_is_noticed(string lines, PayloadSigning payload)
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
    public void A_changed_body_is_noticed(PayloadSigning payload)
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
    public void A_body_that_was_left_unsigned_may_be_any() =>
        Verifies(Signed("POST /things/a\nhost:h", PayloadSigning.Unsigned), "anything"u8.ToArray()).ShouldBeTrue();

    /// <summary>
    /// The whole target of a presigned request, with its scope, date, lifetime, token, list of headers and signature. The same: as above, and
    /// the separators that the query may hold encoded or not.
    /// </summary>
    [Fact]
    public void A_changed_presigned_target_is_noticed()
    {
        var request = Keys.Signer("IQoJb3JpZ2lu/+w==").Presign(
            Wire.Request("GET /things/a%3Ab/connectivity-data?x=1\nhost:h\ncontent-type:application/json"), Keys.Now, TimeSpan.FromSeconds(300), Body);
        Verifies(request).ShouldBeTrue();
        var same = Plain(request.Target);
        NoneVerifies(request.Target, target => Wire.Copy(request, target: target), changed => Plain(changed) == same);

        static string Plain(string target)
        {
            var parts = target.Replace("//", "/").Split('?', 2);
            if (parts.Length < 2) return target;
            foreach (var escape in new[] { "%2F", "%3B", "%2B", "%3D" }) parts[1] = parts[1].Replace(escape.ToLowerInvariant(), escape);
            var path = parts[0].StartsWith("/./", StringComparison.Ordinal) ? parts[0][2..] : parts[0].Replace("/./", "/");
            return $"{path}?{parts[1].Replace("&&", "&").Trim('&')}";
        }
    }
}
