namespace Connectivity.Aws.SigV4;

/// <summary>
/// "Authorization: AWS4-HMAC-SHA256 Credential=…/20220830/us-east-1/ec2/aws4_request, SignedHeaders=host;x-amz-date,
/// Signature=… There is no comma between the algorithm and Credential. However, the other elements must be separated by
/// a comma." Source: IAM User Guide, "Create a signed AWS API request". Errors have AWS's messages, without the
/// header's text.
/// </summary>
internal struct AuthorizationHeader
{
    private string? _credential;
    private string? _signedHeaders;
    private string? _signature;

    public static AwsError? Read(string authorization, RequestHead request, out SignatureParts parts)
    {
        parts = default;
        var rest = authorization.AsSpan().Trim(' ');
        var algorithm = rest.IndexOf(' ');
        if ((algorithm < 0 ? rest : rest[..algorithm]) is not StringToSign.Algorithm)
            return AwsError.IncompleteSignature($"Unsupported AWS 'algorithm': must be '{StringToSign.Algorithm}'.");
        var header = new AuthorizationHeader();
        if (algorithm > 0 && header.ReadParameters(rest[(algorithm + 1)..]) is { } malformed) return malformed;
        if (header.Incomplete(request) is { } incomplete) return incomplete;
        if (SigningTime.Read(request, out var signedAt) is { } badTime) return badTime;
        if (SignatureParts.ReadSessionToken(request, out var token) is { } badToken) return badToken;
        parts = new(header._credential!, header._signedHeaders!, header._signature!, signedAt, Expires: null, token);
        return null;
    }

    private AwsError? ReadParameters(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(','))
        {
            var parameter = parameters[range].Trim(' ');
            var equals = parameter.IndexOf('=');
            if (equals < 0)
            {
                return AwsError.IncompleteSignature(
                    "Authorization header must have key=value pairs, separated by commas.");
            }

            var value = parameter[(equals + 1)..];
            var isNew = parameter[..equals] switch
            {
                "Credential" => Set(ref _credential, value),
                "SignedHeaders" => Set(ref _signedHeaders, value),
                "Signature" => Set(ref _signature, value),
                _ => false,
            };
            if (!isNew)
            {
                return AwsError.IncompleteSignature(
                    "Authorization header must have 'Credential', 'SignedHeaders' and 'Signature', each once.");
            }
        }

        return null;
    }

    private static bool Set(ref string? parameter, ReadOnlySpan<char> value)
    {
        if (parameter is not null) return false;
        parameter = value.ToString();
        return true;
    }

    /// <summary>Reports all missing parts together.</summary>
    private readonly AwsError? Incomplete(RequestHead request)
    {
        var message = "";
        if (string.IsNullOrEmpty(_credential)) message += "Authorization header requires 'Credential' parameter. ";
        if (string.IsNullOrEmpty(_signature)) message += "Authorization header requires 'Signature' parameter. ";
        if (string.IsNullOrEmpty(_signedHeaders))
            message += "Authorization header requires 'SignedHeaders' parameter. ";
        if (request.First("x-amz-date", out _) is null && request.First("date", out _) is null)
            message += SigningTime.Missing;
        return message.Length == 0 ? null : AwsError.IncompleteSignature(message.TrimEnd());
    }
}
