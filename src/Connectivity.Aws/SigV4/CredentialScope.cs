namespace Connectivity.Aws.SigV4;

/// <summary>
/// The scope of a signing key: one day, one region, one service. "The credential scope restricts the resulting
/// signature to the specified Region and service. The string has the following format:
/// YYYYMMDD/region/service/aws4_request." Source: IAM User Guide, "Create a signed AWS API request".
/// </summary>
/// <param name="Date">Eight digits, UTC.</param>
public readonly record struct CredentialScope(string Date, string Region, string Service)
{
    /// <summary>The last part of every scope.</summary>
    public const string Terminator = "aws4_request";

    /// <summary>Access key ids are at most this long. Source: the IAM service model.</summary>
    private const int LongestAccessKeyId = 128;

    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";

    /// <summary>Reads <c>accessKeyId/date/region/service/aws4_request</c>.</summary>
    internal static AwsError? Read(ReadOnlySpan<char> credential, out string accessKeyId, out CredentialScope scope)
    {
        accessKeyId = "";
        scope = default;
        Span<Range> parts = stackalloc Range[6];
        if (credential.Split(parts, '/') != 5)
        {
            return AwsError.IncompleteSignature(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
        }

        if (credential[parts[4]] is not Terminator)
            return AwsError.InvalidSignature($"Credential should be scoped with a valid terminator: '{Terminator}'.");
        var id = credential[parts[0]];
        if (id.IsEmpty || id.Length > LongestAccessKeyId) return AwsError.UnrecognizedClient();
        accessKeyId = id.ToString();
        scope = new(credential[parts[1]].ToString(), credential[parts[2]].ToString(), credential[parts[3]].ToString());
        return null;
    }

    internal void Append(ref CanonicalText text)
    {
        text.Append(Date);
        text.Append((byte)'/');
        text.Append(Region);
        text.Append((byte)'/');
        text.Append(Service);
        text.Append("/aws4_request"u8);
    }
}
