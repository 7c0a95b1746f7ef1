using Connectivity.Aws;

namespace Connectivity.Api.Http;

/// <summary>The errors of <c>/v1</c>: problem details, RFC 9457.</summary>
public static class Problems
{
    /// <summary>What is refused before it reaches a handler under <c>/v1</c>.</summary>
    public static readonly Surface Surface = new(Of);

    private const string ThrottledRetryAfterSeconds = "1";

    /// <param name="detail">What is wrong and, where there is one, the way out. Never a value that came in.</param>
    public static IResult Of(int status, string detail) => Results.Problem(detail, statusCode: status);

    /// <summary>What both surfaces refuse or fail alike, with AWS's code beside it. Over the quota is 429 here, RFC 6585.</summary>
    public static IResult Of(AwsError error) => new RefusalProblem(error);

    /// <summary>Turns what ends a request early into the problem that tells it.</summary>
    public static async ValueTask<object?> Answer(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        // Set where a parameter could not be read; the handler is passed over, and nobody has said why.
        if (invocation.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest)
            return Of(StatusCodes.Status400BadRequest, "A parameter of the query string is of another type than the OpenAPI document says.");
        try
        {
            return await next(invocation);
        }
        catch (Exception exception) when (RequestError.Of(exception, invocation.HttpContext) is { } error)
        {
            return Of(error.ToAwsError());
        }
    }

    private sealed class RefusalProblem(AwsError error) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            var throttled = error.Code == AwsError.Throttling().Code;
            if (throttled) context.Response.Headers.RetryAfter = ThrottledRetryAfterSeconds;
            return Results.Problem(
                error.Message, statusCode: throttled ? StatusCodes.Status429TooManyRequests : error.Status,
                extensions: new Dictionary<string, object?> { ["code"] = error.Code }).ExecuteAsync(context);
        }
    }
}
