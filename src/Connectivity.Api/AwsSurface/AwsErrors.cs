using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Gives every answer its request id, and turns what ends a request early into the AWS error that tells it. JSON always: the clients
/// raise a syntax error on anything else.
/// </summary>
public static class AwsErrors
{
    /// <summary>What is refused before it reaches a handler of the AWS surface.</summary>
    public static readonly Surface Surface = new(Result);

    public static async ValueTask<object?> Answer(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        GiveRequestId(context);
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

    /// <summary>The answer that tells an error.</summary>
    public static IResult Result(AwsError error) => new AwsErrorResult(error);

    private static void GiveRequestId(HttpContext context) => context.Response.Headers.TryAdd("x-amzn-RequestId", Guid.NewGuid().ToString());

    private sealed class AwsErrorResult(AwsError error) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            // A request that was refused before it reached the surface has none yet.
            GiveRequestId(context);
            context.Response.StatusCode = error.Status;
            context.Response.Headers["x-amzn-ErrorType"] = error.Code;
            var body = new Dictionary<string, string>(error.Members) { ["message"] = error.Message };
            return context.Response.WriteAsJsonAsync(body, JsonSerializerOptions.Web, context.RequestAborted);
        }
    }
}
