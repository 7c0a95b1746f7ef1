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

    public IResult Error(AwsError error) => _error(error);
}
