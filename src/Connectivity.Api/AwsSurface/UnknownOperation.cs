using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Answers paths without a route with an AWS error, which a client that calls an unsupported operation can parse.
/// </summary>
public static class UnknownOperation
{
    public static IResult Handle(HttpContext context) =>
        throw new AwsException(AwsError.UnknownOperation(
            $"No operation is served at {context.Request.Method} {context.Request.Path}"));
}
