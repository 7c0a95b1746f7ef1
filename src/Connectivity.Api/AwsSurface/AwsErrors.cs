using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Adds the request id to every response, and maps what ends a request early to its AWS error. The body is always JSON:
/// AWS clients raise a syntax error on anything else.
/// </summary>
public static class AwsErrors
{
    /// <summary>Formats the errors of requests that are refused before they reach a handler.</summary>
    public static readonly Surface Surface = new(Result);

    public static async ValueTask<object?> Answer(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        AddRequestId(context);
        try
        {
            return await next(invocation);
        }
        catch (AwsException exception)
        {
            return Result(exception.Error);
        }
        catch (Exception exception) when (RequestError.Of(exception, context) is { } error)
        {
            return Result(error.ToAwsError());
        }
    }

    /// <summary>The response for an error.</summary>
    public static IResult Result(AwsError error) => new AwsErrorResult(error);

    private static void AddRequestId(HttpContext context) =>
        context.Response.Headers.TryAdd("x-amzn-RequestId", Guid.NewGuid().ToString());

    private sealed class AwsErrorResult(AwsError error) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            // A request that was refused before the endpoint filter ran has no request id yet.
            AddRequestId(context);
            context.Response.StatusCode = error.Status;
            context.Response.Headers["x-amzn-ErrorType"] = error.Code;
            var body = new Dictionary<string, string>(error.Members) { ["message"] = error.Message };
            return context.Response.WriteAsJsonAsync(body, JsonSerializerOptions.Web, context.RequestAborted);
        }
    }
}
