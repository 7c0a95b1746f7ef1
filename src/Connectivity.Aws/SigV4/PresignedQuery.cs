using System.Globalization;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders, X-Amz-Signature,
/// X-Amz-Security-Token … The time period, in seconds, for which the generated presigned URL is valid … minimum 1,
/// maximum 604800 (seven days)." Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters".
/// </summary>
internal struct PresignedQuery
{
    private const int LongestExpires = 604_800;

    private string? _algorithm;
    private string? _credential;
    private string? _date;
    private string? _expires;
    private string? _signedHeaders;
    private string? _signature;
    private string? _token;
    private bool _repeated;

    public readonly bool IsSigned => _algorithm is not null || _credential is not null || _signature is not null;

    public static PresignedQuery Find(ReadOnlySpan<char> query)
    {
        var found = new PresignedQuery();
        foreach (var pair in new QueryPairs(query))
        {
            var name = pair.Name.Contains('%') ? UriEncoding.Decode(pair.Name) : pair.Name;
            if (name.StartsWith("X-Amz-")) found.Set(name, pair.Value);
        }

        return found;
    }

    public readonly AwsError? Read(RequestHead request, out SignatureParts parts)
    {
        parts = default;
        if (_repeated) return AwsError.IncompleteSignature("AWS query-string parameters must occur once.");
        if (Incomplete() is { } incomplete) return incomplete;
        if (_algorithm != StringToSign.Algorithm)
            return AwsError.IncompleteSignature($"Unsupported AWS 'algorithm': must be '{StringToSign.Algorithm}'.");
        if (SigningTime.Read(_date!, out var signedAt) is { } badTime) return badTime;
        if (!int.TryParse(_expires, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires is < 1 or > LongestExpires)
        {
            return AwsError.IncompleteSignature(
                $"X-Amz-Expires must be a number of seconds from 1 to {LongestExpires}.");
        }

        if (SignatureParts.ReadSessionToken(request, out var token) is { } badToken) return badToken;
        if (token is not null && _token is not null)
            return AwsError.IncompleteSignature("X-Amz-Security-Token must be a header or in the query, not both.");
        var lifetime = TimeSpan.FromSeconds(expires);
        parts = new(_credential!, _signedHeaders!, _signature!, signedAt, lifetime, token ?? _token);
        return null;
    }

    private void Set(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "X-Amz-Algorithm": Set(ref _algorithm, value); break;
            case "X-Amz-Credential": Set(ref _credential, value); break;
            case "X-Amz-Date": Set(ref _date, value); break;
            case "X-Amz-Expires": Set(ref _expires, value); break;
            case "X-Amz-SignedHeaders": Set(ref _signedHeaders, value); break;
            case "X-Amz-Signature": Set(ref _signature, value); break;
            case "X-Amz-Security-Token": Set(ref _token, value); break;
        }
    }

    private void Set(ref string? parameter, ReadOnlySpan<char> value)
    {
        _repeated |= parameter is not null;
        parameter = UriEncoding.Decode(value);
    }

    /// <summary>Reports all missing parameters together, with AWS's message.</summary>
    private readonly AwsError? Incomplete()
    {
        var message = "";
        Require("X-Amz-Algorithm", _algorithm);
        Require("X-Amz-Credential", _credential);
        Require("X-Amz-Signature", _signature);
        Require("X-Amz-SignedHeaders", _signedHeaders);
        Require("X-Amz-Date", _date);
        Require("X-Amz-Expires", _expires);
        return message.Length == 0
            ? null
            : AwsError.IncompleteSignature($"{message}Re-examine the query-string parameters.");

        void Require(string name, string? value)
        {
            if (string.IsNullOrEmpty(value)) message += $"AWS query-string parameters must include '{name}'. ";
        }
    }
}
