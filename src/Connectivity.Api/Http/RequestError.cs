using Connectivity.Access.Policies;
using Connectivity.Api.Telemetry;
using Connectivity.Aws;
using Connectivity.Projections.Database;

namespace Connectivity.Api.Http;

/// <summary>The error that ended a request, with a message that both surfaces share; each has its own format.</summary>
/// <param name="Status">403, 413, 400, 503 or 500.</param>
public sealed record RequestError(int Status, string Message)
{
    /// <summary>When a retry may find an unavailable database available again.</summary>
    private const string RetryAfterSeconds = "1";

    public AwsError ToAwsError() => Status switch
    {
        StatusCodes.Status403Forbidden => AwsError.AccessDenied(Message),
        StatusCodes.Status413PayloadTooLarge => AwsError.TooLarge(Message),
        StatusCodes.Status400BadRequest => AwsError.InvalidRequest(Message),
        StatusCodes.Status503ServiceUnavailable => AwsError.ServiceUnavailable(Message),
        _ => AwsError.InternalFailure(Message),
    };

    /// <summary>
    /// Maps an exception to its error, and logs it if the service is the cause. Null if the caller has disconnected.
    /// </summary>
    public static RequestError? Of(Exception exception, HttpContext context)
    {
        var log = context.RequestServices.GetRequiredService<ILogger<RequestError>>();
        switch (exception)
        {
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return null;
            case AccessDeniedException denied:
                return new(StatusCodes.Status403Forbidden, denied.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new(StatusCodes.Status413PayloadTooLarge, "The request body is too large.");
            case BadHttpRequestException:
                return new(StatusCodes.Status400BadRequest, "The request could not be read.");
            case { } error when DatabaseErrors.IsUnavailable(error):
                log.DatabaseUnavailable(DatabaseErrors.In(error) ?? error);
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return new(StatusCodes.Status503ServiceUnavailable, "The database is unavailable at the moment.");
            default:
                log.RequestFailed(context.Request.Method, DatabaseErrors.In(exception) ?? exception);
                return new(StatusCodes.Status500InternalServerError, "The request failed inside the service.");
        }
    }
}
