using System.IO.Pipes;
using System.Net.Sockets;

namespace Connectivity.Testing;

/// <summary>
/// Whether a Docker engine answers, checked over its socket: a client library takes seconds to report that there is
/// none.
/// </summary>
internal static class DockerEngine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnswersAsync()
    {
        foreach (var endpoint in Endpoints())
        {
            try
            {
                using var timeout = new CancellationTokenSource(Timeout);
                await using var stream = await ConnectAsync(endpoint, timeout.Token);
                await stream.WriteAsync("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"u8.ToArray(), timeout.Token);
                // Any response counts: one that asks for TLS is from an engine too.
                if (await stream.ReadAsync(new byte[1], timeout.Token) == 1) return true;
            }
            catch (Exception silent)
                when (silent is SocketException or IOException or OperationCanceledException or TimeoutException)
            {
            }
        }

        return false;
    }

    private static IEnumerable<Uri> Endpoints()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } configured
            && Uri.TryCreate(configured, UriKind.Absolute, out var named))
            return [named];
        if (OperatingSystem.IsWindows()) return [new Uri("npipe://./pipe/docker_engine")];
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var sockets = new[]
        {
            "/var/run/docker.sock",
            Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "/run", "docker.sock"),
            Path.Combine(home, ".docker/run/docker.sock"),
            Path.Combine(home, ".docker/desktop/docker.sock"),
        };
        return sockets.Where(File.Exists).Select(path => new Uri("unix://" + path));
    }

    private static async Task<Stream> ConnectAsync(Uri endpoint, CancellationToken ct)
    {
        if (endpoint.Scheme == "npipe")
        {
            var pipe = new NamedPipeClientStream(
                ".", Path.GetFileName(endpoint.AbsolutePath), PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(ct);
            return pipe;
        }

        var isUnix = endpoint.Scheme == "unix";
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isUnix) await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.AbsolutePath), ct);
            else await socket.ConnectAsync(endpoint.Host, endpoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
