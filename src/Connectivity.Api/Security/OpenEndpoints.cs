using System.Net;

namespace Connectivity.Api.Security;

/// <summary>The requests that are answered without knowing their sender.</summary>
public static class OpenEndpoints
{
    /// <summary>Whether the endpoint of the request answers it without knowing its sender.</summary>
    public static bool AreOpenTo(HttpContext context) => context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<OpenToAnyone>() is not null
            || (metadata.GetMetadata<OpenToLoopback>() is not null && IsUnsignedFromLoopback(context)));

    /// <summary>A proxy on this machine forwards requests of others, and adds one of these headers.</summary>
    private static bool IsUnsignedFromLoopback(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.SourceAddress() is { } address && IPAddress.IsLoopback(address)
            && headers.Authorization.Count == 0
            && !headers.ContainsKey("X-Forwarded-For")
            && !headers.ContainsKey("Forwarded");
    }
}
