using Connectivity.Access.Policies;
using Connectivity.Api.Telemetry;
using Connectivity.Aws;
using Connectivity.Projections.Database;

namespace Connectivity.Api.Http;

/// <summary>The error that ended a request, with a message that both surfaces share; each has its own format.</summary>
/// <param name="Status">400, 403, 408, 413, 415, 500 or 503.</param>
public sealed record RequestError(int Status, string Message)
{
    /// <summary>When a retry may find the database, or room for the body, available again.</summary>
    private const string RetryAfterSeconds = "1";

    public AwsError ToAwsError() => Status switch
    {
        StatusCodes.Status403Forbidden => AwsError.AccessDenied(Message),
        StatusCodes.Status408RequestTimeout => AwsError.RequestTimeout(Message),
        StatusCodes.Status413PayloadTooLarge => AwsError.TooLarge(Message),
        StatusCodes.Status415UnsupportedMediaType => AwsError.UnsupportedEncoding(Message),
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
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new(StatusCodes.Status408RequestTimeout, "The request body did not arrive in time.");
            case ContentCoding.UnsupportedCodingException:
                context.Response.Headers.AcceptEncoding = ContentCoding.UnsupportedCodingException.Accepted;
                return new(
                    StatusCodes.Status415UnsupportedMediaType,
                    "The request body has another content coding than gzip.");
            case BudgetExceededException:
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return new(
                    StatusCodes.Status503ServiceUnavailable,
                    "The host holds as many request bodies as it may, of this caller or of all callers.");
            case BadHttpRequestException { InnerException: InvalidDataException }:
                return new(StatusCodes.Status400BadRequest, "The request body is not gzip.");
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
