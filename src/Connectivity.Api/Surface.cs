using Connectivity.Api.AwsSurface;
using Connectivity.Aws;

namespace Connectivity.Api;

/// <summary>The two surfaces, as metadata of their endpoints. What is refused before it reaches a handler is told in the surface's form.</summary>
public sealed class Surface
{
    public static readonly Surface Aws = new(AwsErrors.Result);
    public static readonly Surface V1 = new(Problems.Of);

    private readonly Func<AwsError, IResult> _error;

    private Surface(Func<AwsError, IResult> error) => _error = error;

    public IResult Error(AwsError error) => _error(error);
}
