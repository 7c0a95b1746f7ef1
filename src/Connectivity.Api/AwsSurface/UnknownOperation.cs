using Connectivity.Api.Http;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Answers paths without a route, and methods that a path does not have, with an AWS error, which a client that calls
/// an unsupported operation can parse.
/// </summary>
public static class UnknownOperation
{
    public static IResult Handle(HttpContext context, AllowedMethods methods)
    {
        var called = $"{context.Request.Method} {context.Request.Path}";
        throw new AwsException(methods.TryDeclare(context)
            ? AwsError.MethodNotAllowed(
                $"No operation is served at {called}; the header Allow lists the path's methods")
            : AwsError.UnknownOperation($"No operation is served at {called}"));
    }
}
