namespace Connectivity.Api.Security;

/// <summary>
/// Where unsigned requests are accepted, a web page must not make its visitor's browser send one. Refuses a host name
/// that is not the host's own (DNS rebinding), a foreign <c>Origin</c>, and a request that the browser marks as
/// cross-site.
/// </summary>
public static class CrossOriginGuard
{
    /// <summary>Why the request may come from a web page, or null.</summary>
    public static string? Validate(HttpRequest request, SecurityOptions options)
    {
        if (!options.AllowedHostNames.Contains(request.Host.Host))
            return "The request calls the host by a name that is not in the setting Connectivity:AllowedHosts.";
        foreach (var origin in request.Headers.Origin)
            if (!string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
                return "The request comes from a web page of another origin.";
        return request.Headers["Sec-Fetch-Site"].Contains("cross-site")
            ? "The request comes from a web page of another site."
            : null;
    }
}
