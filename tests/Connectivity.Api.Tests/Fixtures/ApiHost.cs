using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectivity.Access.Devices;
using Connectivity.Access.Limits;
using Connectivity.Api.Hosting;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// The whole host in this process, on real sockets: the server itself handles raw targets, body limits and broken
/// connections. It must log no error until it is disposed.
/// </summary>
public sealed class ApiHost : IAsyncDisposable
{
    /// <summary>The tests of one host share an account and send many requests at once.</summary>
    private static readonly string[] NoLimits =
    [
        .. OperationGroup.All.SelectMany(group => (string[])
            [
                $"--Connectivity:Throttling:{group}:PerSecond=1000000",
                $"--Connectivity:Throttling:{group}:Burst=1000000",
            ])
    ];

    /// <summary>
    /// By database: all hosts on one database share a directory. They are deleted when the process exits.
    /// </summary>
    private static readonly ConcurrentDictionary<string, string> DataDirectories = new();

    private readonly WebApplication _app;
    private bool _stopped;

    static ApiHost() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var directory in DataDirectories.Values.Where(Directory.Exists))
            Directory.Delete(directory, recursive: true);
    };

    private ApiHost(WebApplication app, string connectionString, string dataDirectory, HostLog log)
    {
        (_app, ConnectionString, DataDirectory, Log) = (app, connectionString, dataDirectory, log);
        Administrator = Credentials.Read(dataDirectory);
        Addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Address = new Uri(Addresses[0].Replace("0.0.0.0", "127.0.0.1"));
        Http = ClientOf(Administrator);
    }

    public string ConnectionString { get; }

    /// <summary>Contains the credentials and the key ring of every host on the same database.</summary>
    public string DataDirectory { get; }

    /// <summary>The first administrator, which the host created.</summary>
    public Credentials Administrator { get; }

    public HostLog Log { get; }

    public IReadOnlyList<string> Addresses { get; }

    public Uri Address { get; }

    /// <summary>Signs as the administrator.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public int MqttPort => Services.GetRequiredService<MqttGateway>().Port;

    public int MqttTlsPort => Services.GetRequiredService<MqttGateway>().TlsPort;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="connectionString">The database of an earlier host; null for a new one.</param>
    /// <param name="settings">As on the command line, such as <c>--Connectivity:Region=eu-west-1</c>.</param>
    public static Task<ApiHost> StartAsync(string? connectionString = null, params string[] settings) =>
        StartWithClockAsync(TimeProvider.System, connectionString, settings);

    /// <summary>A host with its own clock.</summary>
    public static Task<ApiHost> StartWithClockAsync(
        TimeProvider clock, string? connectionString = null, params string[] settings) =>
        StartAsync(clock, extend: null, connectionString, settings);

    /// <summary>A host with further endpoints, or with middleware in front of all endpoints.</summary>
    public static Task<ApiHost> StartExtendedAsync(Action<WebApplication> extend, params string[] settings) =>
        StartAsync(TimeProvider.System, extend, connectionString: null, settings);

    private static async Task<ApiHost> StartAsync(
        TimeProvider clock, Action<WebApplication>? extend, string? connectionString, string[] settings)
    {
        connectionString ??= await PostgresServer.CreateDatabaseAsync(Ct);
        var dataDirectory = DataDirectories.GetOrAdd(connectionString, _ => TemporaryDirectory.Make());
        var builder = ConnectivityHost.CreateBuilder(
            [
                "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0",
                $"--Connectivity:DataDirectory={dataDirectory}", .. NoLimits, .. settings,
            ],
            out var options);
        var log = new HostLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(clock);
        var app = ConnectivityHost.Build(builder, options, connectionString);
        extend?.Invoke(app);
        await ConnectivityHost.ServeAsync(app, options, Ct);
        return new ApiHost(app, connectionString, dataDirectory, log);
    }

    /// <summary>Starts on another, empty database with the same data directory.</summary>
    public static async Task<ApiHost> StartOnEmptyDatabaseAsync(string dataDirectory)
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        DataDirectories[connectionString] = dataDirectory;
        return await StartAsync(connectionString);
    }

    /// <summary>A client that signs its requests; null credentials for unsigned requests.</summary>
    public HttpClient ClientOf(Credentials? credentials, string region = "us-east-1") =>
        new(credentials is null ? new SocketsHttpHandler() : new SigningHandler(credentials, region))
        {
            BaseAddress = Address,
        };

    /// <summary>A host whose connectivity indexing is on and releases socket information.</summary>
    public static async Task<ApiHost> StartIndexingAsync()
    {
        var host = await StartAsync();
        await host.TurnIndexingOnAsync(releaseSocketInformation: true);
        return host;
    }

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, Ct);
        return await Answer.ReadAsync(response);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>GetThingConnectivityData.</summary>
    public Task<Answer> AskAsync(string thingName, bool? includeSocketInformation = null) => PostAsync(
        $"/things/{Uri.EscapeDataString(thingName)}/connectivity-data",
        includeSocketInformation is { } include
            ? $$"""{"includeSocketInformation":{{(include ? "true" : "false")}}}"""
            : "{}");

    public async Task<bool> IsConnectedAsync(string thingName) =>
        (await AskAsync(thingName)).Json.GetProperty("connected").GetBoolean();

    /// <summary>Registers a thing and returns its name, which is new unless given.</summary>
    public async Task<string> CreateThingAsync(string? name = null, string body = "{}")
    {
        name ??= $"thing-{Guid.NewGuid():N}";
        (await PostAsync($"/things/{Uri.EscapeDataString(name)}", body)).Status.ShouldBe(200);
        return name;
    }

    /// <summary>Creates a password for the thing's device; null when no thing has the name.</summary>
    public async Task<string?> CreatePasswordAsync(string thingName, string? policy = null)
    {
        var password = Guid.NewGuid().ToString("N");
        var added = await Services.GetRequiredService<DeviceCredentialStore>().AddAsync(
            Services.GetRequiredService<Account>(), thingName, $"password-{Guid.NewGuid():N}",
            DeviceCredential.Password, SHA256.HashData(Encoding.UTF8.GetBytes(password)), policy, Ct);
        return added ? password : null;
    }

    public async Task DeleteThingAsync(string name) =>
        (await SendAsync(HttpMethod.Delete, $"/things/{name}")).Status.ShouldBe(200);

    public async Task TurnIndexingOnAsync(bool releaseSocketInformation = false)
    {
        var released = releaseSocketInformation ? "\"GET_THING_CONNECTIVITY_DATA\"" : "";
        (await PostAsync("/indexing/config",
            $$"""
            {"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS",
             "filter":{"connectivity":{"includeSocketInformation":[{{released}}]} } } }
            """)).Status.ShouldBe(200);
    }

    public async Task TurnIndexingOffAsync() =>
        (await PostAsync("/indexing/config", """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF"}}"""))
            .Status.ShouldBe(200);

    /// <summary>Posts events and returns their outcomes.</summary>
    public Task<IReadOnlyList<(string Outcome, string? Reason)>> ReportAsync(params JsonObject[] events) =>
        ReportAsync($"[{string.Join(",", events.Select(e => e.ToJsonString()))}]");

    /// <summary>As <see cref="ReportAsync(JsonObject[])"/>, of events of any age.</summary>
    public async Task<IReadOnlyList<(string Outcome, string? Reason)>> ImportAsync(params JsonObject[] events)
    {
        if (events.Length == 0) return [];
        var answer = await SendAsync(
            HttpMethod.Post, "/v1/lifecycle-events?import=true",
            $"[{string.Join(",", events.Select(e => e.ToJsonString()))}]", "application/json");
        answer.Status.ShouldBe(200, answer.Body);
        return Outcomes(answer);
    }

    public async Task<IReadOnlyList<(string Outcome, string? Reason)>> ReportAsync(
        string body, string contentType = "application/json")
    {
        var answer = await SendAsync(HttpMethod.Post, "/v1/lifecycle-events", body, contentType);
        answer.Status.ShouldBe(200, answer.Body);
        return Outcomes(answer);
    }

    public static IReadOnlyList<(string Outcome, string? Reason)> Outcomes(Answer answer) =>
    [
        .. answer.Json.GetProperty("outcomes").EnumerateArray().Select(outcome => (
            outcome.GetProperty("outcome").GetString()!,
            outcome.TryGetProperty("reason", out var reason) ? reason.GetString() : null))
    ];

    /// <summary>The thing's stream, oldest event first.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string thingName) =>
        [.. (await GetAsync($"/v1/things/{thingName}/events")).Json.GetProperty("events").EnumerateArray()];

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        Log.Errors.ShouldBeEmpty();
    }
}
