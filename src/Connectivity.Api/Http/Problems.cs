using Connectivity.Aws;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Http;

/// <summary>The errors of <c>/v1</c>: problem details, RFC 9457.</summary>
public static class Problems
{
    /// <summary>Answers a request that is refused before it reaches a handler under <c>/v1</c>.</summary>
    public static readonly Surface Surface = new(Of);

    private const string ThrottledRetryAfterSeconds = "1";

    /// <param name="detail">What is wrong and, if there is one, the remedy; never a value of the request.</param>
    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    /// <summary>An error of both surfaces, with AWS's code. A throttled request gets 429 here (RFC 6585).</summary>
    public static IResult Of(AwsError error) => new RefusalProblem(error);

    /// <summary>Answers with problem details where a request ends early.</summary>
    public static async ValueTask<object?> Answer(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        // When a parameter can't be bound, ASP.NET Core sets this status without a body and skips the handler.
        if (invocation.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest)
            return Of(
                StatusCodes.Status400BadRequest,
                "A parameter of the query string does not have the type given in the OpenAPI document.");
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
                error.Message,
                statusCode: throttled ? StatusCodes.Status429TooManyRequests : error.Status,
                extensions: new Dictionary<string, object?> { ["code"] = error.Code }).ExecuteAsync(context);
        }
    }
}
