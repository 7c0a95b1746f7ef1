using Connectivity.Aws;

namespace Connectivity.Api.Http;

/// <summary>
/// Endpoint metadata: how the endpoint's surface formats the errors of requests that are refused before they reach a
/// handler.
/// </summary>
public sealed class Surface
{
    private readonly Func<AwsError, IResult> _error;

    public Surface(Func<AwsError, IResult> error) => _error = error;

    /// <summary>The surface of the request's endpoint; <c>/v1</c> where it names none.</summary>
    public static Surface Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Surface>() ?? Problems.Surface;

    public IResult Error(AwsError error) => _error(error);
}
