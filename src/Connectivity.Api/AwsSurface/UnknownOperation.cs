using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>What no route has: an AWS client that calls an operation that is not here gets an error it can read.</summary>
public static class UnknownOperation
{
    public static IResult Handle(HttpContext context) =>
        throw new AwsException(AwsError.UnknownOperation($"No operation is served at {context.Request.Method} {context.Request.Path}"));
}
