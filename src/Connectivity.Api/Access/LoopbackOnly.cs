using System.Net;
using Connectivity.Api.Hosting;

namespace Connectivity.Api.Access;

/// <summary>While requests are not authenticated, only this machine may reach the host, unless it is told otherwise.</summary>
public static class LoopbackOnly
{
    /// <exception cref="StartFailure">An address to listen on is none, or is not loopback and anonymous access is not allowed.</exception>
    public static void Check(IConfiguration configuration, string urls, ConnectivityOptions options)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(endpoints))
            if (!IsLoopback(Parse(url).Host) && !options.AllowAnonymous)
                throw Refusal("urls (ASPNETCORE_URLS)", url);
        if (options.Mqtt.Enabled && !options.AllowAnonymous && !IPAddress.IsLoopback(IPAddress.Parse(options.Mqtt.Address)))
            throw Refusal("Connectivity:Mqtt:Address", options.Mqtt.Address);
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            throw new StartFailure($"urls (ASPNETCORE_URLS): {exception.Message}", exception);
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static StartFailure Refusal(string setting, string value) => new(
        $"{setting} is {value}, which others than this machine can reach, and requests are not authenticated. "
        + "Listen on 127.0.0.1, or set Connectivity:AllowAnonymous (Connectivity__AllowAnonymous) to true.");
}
