namespace Connectivity.Aws;

/// <summary>
/// An error as AWS clients read it: the code goes into the header <c>x-amzn-ErrorType</c>, the message into the JSON
/// body. Source: the AWS IoT service model, and the errors of AWS's front end.
/// </summary>
/// <param name="Code">The exception's name, by which clients decide what to throw and whether to retry.</param>
/// <param name="Status">The HTTP status.</param>
public sealed record AwsError(string Code, int Status, string Message)
{
    /// <summary>Further members of the body that the model gives this error, such as <c>resourceArn</c>.</summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    /// <summary>A name or a value that breaks a rule.</summary>
    public static AwsError InvalidRequest(string message) => new("InvalidRequestException", 400, message);

    /// <summary>A body that is not JSON, or a value of another JSON type than the model's.</summary>
    public static AwsError Serialization(string message) => new("SerializationException", 400, message);

    public static AwsError TooLarge(string message) => new("RequestEntityTooLargeException", 413, message);

    /// <summary>The body did not arrive in time.</summary>
    public static AwsError RequestTimeout(string message) => new("RequestTimeoutException", 408, message);

    /// <summary>A content coding that is not supported. Source: AWS IoT data plane service model.</summary>
    public static AwsError UnsupportedEncoding(string message) =>
        new("UnsupportedDocumentEncodingException", 415, message);

    public static AwsError AccessDenied(string message) => new("AccessDeniedException", 403, message);

    /// <summary>
    /// A signature that does not match, is expired or not yet valid, or is for another region or service.
    /// </summary>
    public static AwsError InvalidSignature(string message) => new("InvalidSignatureException", 403, message);

    /// <summary>An <c>Authorization</c> that can't be read, or lacks a part.</summary>
    public static AwsError IncompleteSignature(string message) => new("IncompleteSignatureException", 403, message);

    /// <summary>The request is not signed at all.</summary>
    public static AwsError MissingAuthenticationToken() =>
        new("MissingAuthenticationTokenException", 403, "Missing Authentication Token");

    /// <summary>An unknown or disabled access key, or a session token that does not belong to the key.</summary>
    public static AwsError UnrecognizedClient() =>
        new("UnrecognizedClientException", 403, "The security token included in the request is invalid.");

    /// <summary>An expired temporary access key.</summary>
    public static AwsError ExpiredToken() =>
        new("ExpiredTokenException", 403, "The security token included in the request is expired");

    /// <summary>Over the quota. 400 and not 429, as AWS has it; retried by the AWS clients.</summary>
    public static AwsError Throttling() => new("ThrottlingException", 400, "Rate exceeded");

    public static AwsError ResourceNotFound(string message) => new("ResourceNotFoundException", 404, message);

    public static AwsError ResourceAlreadyExists(string message, string resourceId, string resourceArn) =>
        new("ResourceAlreadyExistsException", 409, message)
        {
            Members = new Dictionary<string, string> { ["resourceId"] = resourceId, ["resourceArn"] = resourceArn },
        };

    public static AwsError VersionConflict(string message) => new("VersionConflictException", 409, message);

    /// <summary>The index can't be queried now. The AWS clients do not retry it.</summary>
    public static AwsError IndexNotReady(string message) => new("IndexNotReadyException", 400, message);

    /// <summary>No operation has this method and path.</summary>
    public static AwsError UnknownOperation(string message) => new("UnknownOperationException", 404, message);

    /// <summary>
    /// The path is served, but not with this method. Source: AWS IoT data plane service model.
    /// </summary>
    public static AwsError MethodNotAllowed(string message) => new("MethodNotAllowedException", 405, message);

    /// <summary>Retried by the AWS clients.</summary>
    public static AwsError ServiceUnavailable(string message) => new("ServiceUnavailableException", 503, message);

    /// <summary>Retried by the AWS clients.</summary>
    public static AwsError InternalFailure(string message) => new("InternalFailureException", 500, message);
}

/// <summary>Ends a request with an AWS error; the surface turns it into the answer.</summary>
public sealed class AwsException(AwsError error) : Exception(error.Message)
{
    public AwsError Error { get; } = error;
}
