using CsCheck;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Generates text from parts of signatures and from input that breaks parsers.</summary>
internal static class AnyText
{
    private static readonly string[] Words =
    [
        "AWS4-HMAC-SHA256", "AWS4", " ", ",", ", ", "=", ";", "/", "&", "?", "%", "%2", "%2F", "%zz", "%00", "%FF",
        "%C3%A4", "+", "..", ".", "//", "\0", "\n", "\r\n", "\t", "\uD800", "\uDC00", "ä", "\U0001F600", "\u0131",
        "\u212A", "Credential", "Credential=", "SignedHeaders=", "Signature=",
        "AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request", "host", "host;x-amz-date", "x-amz-date", "Host",
        "20261123T061240Z", "20261123", "ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9",
        "X-Amz-Algorithm=", "X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=", "X-Amz-SignedHeaders=",
        "X-Amz-Signature=", "X-Amz-Security-Token=", "300", "-1", "99999999999999999999", "http://", "https://h",
        "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "Mon, 23 Nov 2026 06:12:40 GMT",
    ];

    /// <summary>A word, a character or a short text.</summary>
    public static readonly Gen<string> Scrap =
        Gen.Frequency((6, Gen.OneOf(Words)), (1, Gen.Char.Select(c => c.ToString())), (1, Gen.String[0, 8]));

    public static readonly Gen<string> Any =
        Gen.Frequency((6, Gen.OneOf(Words)), (1, Gen.Char.Select(c => c.ToString())), (1, Gen.String))
            .Array[0, 25].Select(string.Concat);

    public static readonly Gen<string> HeaderName = Gen.OneOf(
        "authorization", "Authorization", "host", "x-amz-date", "X-Amz-Date", "date", "x-amz-content-sha256",
        "x-amz-security-token", "x-amz-meta", "", "x");
}
