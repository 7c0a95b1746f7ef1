using Connectivity.Aws;

namespace Connectivity.Api.Http;

/// <summary>The two surfaces, as metadata of their endpoints. What is refused before it reaches a handler is told in the surface's form.</summary>
public sealed class Surface
{
    private readonly Func<AwsError, IResult> _error;

    public Surface(Func<AwsError, IResult> error) => _error = error;

    public IResult Error(AwsError error) => _error(error);
}
