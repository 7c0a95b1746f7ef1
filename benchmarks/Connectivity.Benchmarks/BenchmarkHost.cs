using System.Net.Http.Json;
using System.Text.Json;
using Connectivity.Api.Hosting;
using Connectivity.Gateway;
using Connectivity.LocalPostgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Benchmarks;

/// <summary>A whole host with a local PostgreSQL of its own, durable as in production, in a directory that is gone afterwards.</summary>
public sealed class BenchmarkHost : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly LocalPostgresCluster _postgres;
    private readonly WebApplication _app;

    private BenchmarkHost(DirectoryInfo directory, LocalPostgresCluster postgres, WebApplication app)
    {
        (_directory, _postgres, _app) = (directory, postgres, app);
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(url) };
        MqttPort = app.Services.GetRequiredService<MqttGateway>().Port;
    }

    public HttpClient Http { get; }

    public int MqttPort { get; }

    public string ConnectionString => _postgres.ConnectionString;

    public static async Task<BenchmarkHost> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("connectivity-benchmark-");
        // The PostgreSQL of a process that runs as root is another user's, who must come through here.
        if (!OperatingSystem.IsWindows()) directory.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var postgres = await LocalPostgresCluster.StartAsync(new LocalPostgresOptions(directory.FullName), CancellationToken.None);
        var builder = ConnectivityHost.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Connectivity:Mqtt:Port", "0"], out var options);
        var app = ConnectivityHost.Build(builder, options, postgres.ConnectionString);
        await ConnectivityHost.ServeAsync(app, options, CancellationToken.None);
        return new BenchmarkHost(directory, postgres, app);
    }

    /// <summary>Calls an operation of the AWS surface.</summary>
    public async Task<JsonElement> CallAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
