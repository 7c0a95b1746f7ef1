using System.Net.Http.Json;
using System.Text.Json;
using Connectivity.Access.Limits;
using Connectivity.Api.Hosting;
using Connectivity.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Benchmarks;

/// <summary>
/// A whole host with its own database. It allows anonymous access, so authentication is not measured.
/// </summary>
public sealed class BenchmarkHost : IAsyncDisposable
{
    /// <summary>Settings with limits of requests that no benchmark reaches.</summary>
    public static readonly string[] WithoutLimits =
    [
        .. OperationGroup.All.Select(group => $"--Connectivity:Throttling:{group}:PerSecond=1000000"),
        .. OperationGroup.All.Select(group => $"--Connectivity:Throttling:{group}:Burst=1000000"),
    ];

    private readonly BenchmarkDatabase _database;
    private readonly WebApplication _app;

    private BenchmarkHost(BenchmarkDatabase database, WebApplication app)
    {
        (_database, _app) = (database, app);
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(url) };
        MqttPort = app.Services.GetRequiredService<MqttGateway>().Port;
    }

    public HttpClient Http { get; }

    public int MqttPort { get; }

    public string ConnectionString => _database.ConnectionString;

    public static async Task<BenchmarkHost> StartAsync()
    {
        var database = await BenchmarkDatabase.StartAsync();
        var builder = ConnectivityHost.CreateBuilder(
            [
                "--urls", "http://127.0.0.1:0", "--Connectivity:Mqtt:Port", "0",
                "--Connectivity:AllowAnonymous", "true", "--Connectivity:DataDirectory", database.Directory,
                .. WithoutLimits,
            ],
            out var options);
        var app = ConnectivityHost.Build(builder, options, database.ConnectionString);
        await ConnectivityHost.ServeAsync(app, options, CancellationToken.None);
        return new BenchmarkHost(database, app);
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
        await _database.DisposeAsync();
    }
}
