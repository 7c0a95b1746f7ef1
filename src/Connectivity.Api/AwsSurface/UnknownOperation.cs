using Connectivity.Api.Http;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Answers paths without a route, and methods that a path does not have, with an AWS error, which a client that calls
/// an unsupported operation can parse.
/// </summary>
public static class UnknownOperation
{
    /// <summary>
    /// Operations of AWS IoT that are not offered, on paths that others are served at: fleet search beside
    /// DescribeIndex, and RegisterThing beside ListThings. Source: AWS IoT API reference.
    /// </summary>
    private static readonly string[] NotOffered =
    [
        "/indices/search", "/indices/statistics", "/indices/cardinality", "/indices/percentiles", "/indices/buckets",
        "/things",
    ];

    public static IResult Handle(HttpContext context, AllowedMethods methods)
    {
        var called = $"{context.Request.Method} {context.Request.Path}";
        throw new AwsException(!IsNotOffered(context.Request) && methods.TryDeclare(context)
            ? AwsError.MethodNotAllowed(
                $"No operation is served at {called}; the header Allow lists the path's methods")
            : AwsError.UnknownOperation($"No operation is served at {called}"));
    }

    private static bool IsNotOffered(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && NotOffered.Contains(request.Path.Value!.TrimEnd('/'), StringComparer.OrdinalIgnoreCase);
}
