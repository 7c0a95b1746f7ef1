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
    public void An_error_has_the_code_and_the_status_that_clients_decide_by(AwsError error, string code, int status)
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
    public void An_error_that_always_says_the_same_has_its_message_from_aws(AwsError error, string code, int status)
    {
        (error.Code, error.Status).ShouldBe((code, status));
        error.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_thing_that_exists_already_is_told_with_its_id_and_arn()
    {
        var error = AwsError.ResourceAlreadyExists("m", "id", "arn");
        (error.Code, error.Status).ShouldBe(("ResourceAlreadyExistsException", 409));
        error.Members.ShouldBe(new Dictionary<string, string> { ["resourceId"] = "id", ["resourceArn"] = "arn" }, ignoreOrder: true);
    }

    [Fact]
    public void The_exception_says_what_its_error_says() => new AwsException(AwsError.InvalidRequest("words")).Message.ShouldBe("words");
}
