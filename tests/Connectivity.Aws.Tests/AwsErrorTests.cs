namespace Connectivity.Aws.Tests;

public sealed class AwsErrorTests
{
    public static TheoryData<AwsError, string, int> Modelled => new()
    {
        { AwsError.InvalidRequest("m"), "InvalidRequestException", 400 },
        { AwsError.Serialization("m"), "SerializationException", 400 },
        { AwsError.IndexNotReady("m"), "IndexNotReadyException", 400 },
        { AwsError.AccessDenied("m"), "AccessDeniedException", 403 },
        { AwsError.InvalidSignature("m"), "InvalidSignatureException", 403 },
        { AwsError.IncompleteSignature("m"), "IncompleteSignatureException", 403 },
        { AwsError.ResourceNotFound("m"), "ResourceNotFoundException", 404 },
        { AwsError.UnknownOperation("m"), "UnknownOperationException", 404 },
        { AwsError.VersionConflict("m"), "VersionConflictException", 409 },
        { AwsError.TooLarge("m"), "RequestEntityTooLargeException", 413 },
        { AwsError.InternalFailure("m"), "InternalFailureException", 500 },
        { AwsError.ServiceUnavailable("m"), "ServiceUnavailableException", 503 },
    };

    [Theory]
    [MemberData(nameof(Modelled))]
    public void Each_error_has_the_code_and_status_of_the_aws_model(AwsError error, string code, int status)
    {
        error.Code.ShouldBe(code);
        error.Status.ShouldBe(status);
        error.Message.ShouldBe("m");
        error.Members.ShouldBeEmpty();
    }

    public static TheoryData<AwsError, string, int> Fixed => new()
    {
        { AwsError.MissingAuthenticationToken(), "MissingAuthenticationTokenException", 403 },
        { AwsError.UnrecognizedClient(), "UnrecognizedClientException", 403 },
        { AwsError.ExpiredToken(), "ExpiredTokenException", 403 },
        { AwsError.Throttling(), "ThrottlingException", 400 },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void An_error_without_a_given_message_has_a_fixed_one(AwsError error, string code, int status)
    {
        (error.Code, error.Status).ShouldBe((code, status));
        error.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void An_already_exists_error_has_the_id_and_arn_of_the_resource()
    {
        var error = AwsError.ResourceAlreadyExists("m", "id", "arn");
        (error.Code, error.Status).ShouldBe(("ResourceAlreadyExistsException", 409));
        error.Members.ShouldBe(
            new Dictionary<string, string> { ["resourceId"] = "id", ["resourceArn"] = "arn" }, ignoreOrder: true);
    }

    [Fact]
    public void The_exception_has_the_message_of_its_error() =>
        new AwsException(AwsError.InvalidRequest("words")).Message.ShouldBe("words");
}
