using Connectivity.Api.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>Every path that is served, with every method that it is not served with.</summary>
public sealed class MethodTests(IndexingHost indexing)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"];

    private ApiHost Host => indexing.Host;

    /// <summary>Each served path, with the methods that it is served with.</summary>
    private IEnumerable<(string Path, string[] Methods)> Paths =>
        from endpoint in Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
        let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
        where methods is { Count: > 0 }
        group methods by endpoint.RoutePattern.RawText!.TrimStart('/') into path
        select (
            "/" + path.Key.Replace("{thingName}", "pump").Replace("{indexName}", "AWS_Things")
                .Replace("{documentName}", "v1"),
            path.SelectMany(methods => methods).Order(StringComparer.Ordinal).ToArray());

    [Fact]
    public async Task Another_method_is_answered_with_405_and_those_that_the_path_has()
    {
        foreach (var (path, served) in Paths.ToList())
            foreach (var method in Methods.Except(served))
            {
                // AWS's RegisterThing, which is not offered.
                if ((method, path) == ("POST", "/things")) continue;
                var answer = await new RawRequest(method, path).SendAsync(Host);
                answer.Status.ShouldBe(405, $"{method} {path}");
                answer.Header("Allow").ShouldBe(string.Join(", ", served), $"{method} {path}");
                if (method == "HEAD") continue;
                if (path.StartsWith("/v1", StringComparison.Ordinal)) answer.ShouldBeProblem(405, "header Allow");
                else answer.ShouldBeAwsError(405, "MethodNotAllowedException");
            }
    }

    [Fact]
    public async Task Which_methods_a_path_has_is_not_disclosed_to_an_unsigned_request() =>
        (await new RawRequest("PUT", "/things/pump").Unsigned().SendAsync(Host))
            .ShouldBeAwsError(403, "MissingAuthenticationTokenException").Header("Allow").ShouldBeNull();
}
