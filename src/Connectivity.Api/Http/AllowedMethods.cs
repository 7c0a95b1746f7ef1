using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Connectivity.Api.Http;

/// <summary>
/// The methods that are served at a path, for the answer to any other method. Source: RFC 9110, section 15.5.6.
/// </summary>
public sealed class AllowedMethods(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<(TemplateMatcher Path, IReadOnlyList<string> Methods)>> _routes = new(() =>
    [
        .. from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
           let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
           where methods is { Count: > 0 }
           select (Matcher(endpoint.RoutePattern), methods),
    ]);

    /// <summary>
    /// Sets the header <c>Allow</c> if the path is served with other methods; false if it is not served at all.
    /// </summary>
    public bool TryDeclare(HttpContext context)
    {
        string[] methods =
        [
            .. _routes.Value.Where(route => route.Path.TryMatch(context.Request.Path, []))
                .SelectMany(route => route.Methods).Distinct().Order(StringComparer.Ordinal),
        ];
        if (methods.Length == 0) return false;
        context.Response.Headers.Allow = string.Join(", ", methods);
        return true;
    }

    private static TemplateMatcher Matcher(RoutePattern pattern) =>
        new(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults));
}
