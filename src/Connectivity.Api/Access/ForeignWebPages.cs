using Connectivity.Api.AwsSurface;
using Connectivity.Api.Hosting;
using Connectivity.Aws;

namespace Connectivity.Api.Access;

/// <summary>
/// While requests are not authenticated, a web page must not make its visitor's browser purge a fleet. Refused with 403: a host name that
/// is not the host's own (DNS rebinding), a foreign <c>Origin</c>, and what the browser itself calls cross-site.
/// </summary>
public sealed class ForeignWebPages(RequestDelegate next, ConnectivityOptions options)
{
    private readonly HashSet<string> _hosts = options.AllowedHosts
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        if (Fault(context.Request) is not { } fault) return next(context);
        return (context.Request.Path.StartsWithSegments("/v1")
            ? Problems.Of(StatusCodes.Status403Forbidden, fault)
            : AwsErrors.Result(AwsError.AccessDenied(fault))).ExecuteAsync(context);
    }

    private string? Fault(HttpRequest request)
    {
        if (!_hosts.Contains(request.Host.Host))
            return "The request calls the host by a name that is not in the setting Connectivity:AllowedHosts.";
        foreach (var origin in request.Headers.Origin)
            if (!string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
                return "The request comes from a web page of another origin.";
        return request.Headers["Sec-Fetch-Site"].Contains("cross-site") ? "The request comes from a web page of another site." : null;
    }
}
