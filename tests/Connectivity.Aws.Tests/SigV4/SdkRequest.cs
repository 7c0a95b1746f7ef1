using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>A call as an SDK's marshaller receives it, not encoded.</summary>
/// <param name="Path">The segments.</param>
/// <param name="Seed">Determines the order in which the parameters are sent.</param>
internal sealed record SdkRequest(
    string Method, string[] Path, (string Name, string Value)[] Query, Dictionary<string, string[]> Headers,
    byte[] Body, string? SessionToken, int Seed)
{
    private static readonly Gen<char> Plain = Gen.Char["abcXYZ019-._~"];

    /// <summary>
    /// Characters that implementations encode differently, and letters beyond ASCII; no bidirectional marks, which this
    /// SDK refuses.
    /// </summary>
    private static readonly Gen<string> Character = Gen.Frequency(
        (4, Plain.Select(c => c.ToString())),
        (3, Gen.OneOf(
            ":", "%", "/", " ", "+", "%2F", "%3a", "=", "&", "?", "#", "@", "!", "*", "'", "(", ")", "$", ",", ";", "[",
            "\"", "\\", "|", "<", "^", "`", "{")),
        (1, Gen.OneOf("ä", "ß", "€", "日", "\u0301", "\U0001F600")));

    private static readonly Gen<string> Text = Character.Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Segment =
        Character.Array[1, 12].Select(string.Concat).Where(segment => segment is not ("." or ".."));

    private static readonly Gen<string> HeaderValue =
        Gen.OneOf(Plain.Select(c => c.ToString()), Gen.OneOf(" ", "  ", ",", ";", "=", "\"", "/", ":", "+", "ä", "€"))
            .Array[0, 15].Select(string.Concat);

    private static readonly Gen<Dictionary<string, string[]>> SomeHeaders = Gen.Select(
        Gen.OneOf(
                "content-type", "accept", "x-custom", "x-custom-1", "x-custom.1", "x-amz-meta", "x_underscore", "date")
            .HashSet[0, 5],
        HeaderValue.Array[1, 3].Array[5],
        (names, values) => names.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second));

    private static readonly Gen<byte[]> SomeBody =
        Gen.Frequency(
            (2, Gen.Const(Array.Empty<byte>())), (6, Gen.Byte.Array[1, 200]), (1, Gen.Byte.Array[60_000, 70_000]));

    /// <summary>
    /// This SDK sends the names of parameters as they are, though it signs them encoded; so no name here contains a
    /// character that then has another meaning. Encoded names are covered by <see cref="CanonicalRequestTests"/>.
    /// </summary>
    private static readonly Gen<string> Name =
        Gen.OneOf(
                Plain.Select(c => c.ToString()),
                Gen.OneOf(":", "/", "@", "!", "*", "'", "(", "$", ",", ";", "?", " ", "ä", "€"))
            .Array[1, 8].Select(string.Concat);

    /// <summary>
    /// This SDK sorts parameters before it encodes them, the specification after. Where that makes a difference, as
    /// between <c>a:</c> and <c>a0</c>, it breaks the specification, and such queries are covered by
    /// <see cref="CanonicalRequestTests"/> instead.
    /// </summary>
    private static readonly Gen<(string Name, string Value)[]> SomeQuery = Gen.Select(
            Gen.OneOf(Name, Gen.OneOf("a", "a", "b", "nextToken", "maxResults", "X-Amz-Meta", "x-amz-signature")), Text)
        .Array[0, 6]
        .Where(query => Order(query, text => text).SequenceEqual(Order(query, Uri.EscapeDataString)));

    public static readonly Gen<SdkRequest> Any = Gen.Select(
        Gen.OneOf("GET", "POST", "PATCH", "DELETE", "PUT"), Segment.Array[1, 4], SomeQuery, SomeHeaders, SomeBody,
        Gen.OneOf(
            Gen.Const((string?)null),
            Text.Where(text => text.Trim().Length > 0).Select(text => (string?)Uri.EscapeDataString(text))),
        Gen.Int,
        (method, path, query, headers, body, token, seed) =>
            new SdkRequest(method, path, query, headers, body, token, seed));

    /// <summary>
    /// The specification allows parameters in any order, an empty value with or without <c>=</c>, a space as <c>+</c>.
    /// </summary>
    public string ReorderQuery(string target)
    {
        var start = target.IndexOf('?');
        if (start < 0) return target;
        var random = new Random(Seed);
        var parameters = target[(start + 1)..].Split('&');
        random.Shuffle(parameters);
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].EndsWith('=') && random.Next(2) == 0) parameters[i] = parameters[i][..^1];
            if (random.Next(4) == 0) parameters[i] = parameters[i].Replace("%20", "+");
        }

        return target[..(start + 1)] + string.Join('&', parameters);
    }

    private static IEnumerable<(string, string)> Order((string Name, string Value)[] query, Func<string, string> by) =>
        query.Append((Name: "X-Amz-Algorithm", Value: ""))
            .OrderBy(one => by(one.Name), StringComparer.Ordinal).ThenBy(one => by(one.Value), StringComparer.Ordinal);
}
