using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Upgrade;

/// <summary>
/// The current program on the fixture: started, and stopped when no work is pending; started and stopped a second time;
/// and started a third time for the tests that send requests.
/// </summary>
public sealed partial class UpgradedHost : IAsyncLifetime
{
    /// <summary>
    /// The longest wait is Wolverine's: it has to find the killed host missing twice before it takes over the messages
    /// of that host.
    /// </summary>
    private static readonly TimeSpan PendingWork = TimeSpan.FromMinutes(3);

    /// <summary>Things with pending work in the fixture.</summary>
    internal static readonly IReadOnlyList<string> PendingThings =
        ["lamp-orphaned", "lamp-orphaned-5", SpilledConnect, "lamp-end-spilled", "lamp-visit-spilled"];

    private const string SpilledConnect = "lamp-spilled";

    private readonly string _directory = TemporaryDirectory.Make();
    private readonly StringBuilder _output = new();
    private UpgradedDatabase _database = null!;
    private HostProcess? _process;

    /// <summary>The events of current generations in the fixture, by id.</summary>
    internal IReadOnlyDictionary<string, string> EventsBefore { get; private set; } = null!;

    /// <summary>The sessions that the killed host left open.</summary>
    internal IReadOnlyList<OpenSession> SessionsBefore { get; private set; } = null!;

    /// <summary>When the killed host last renewed its lease.</summary>
    internal DateTimeOffset LastAlive { get; private set; }

    internal IReadOnlyList<string> TablesOfEndedGenerations { get; private set; } = null!;

    internal Opened First { get; private set; } = null!;

    internal Opened Second { get; private set; } = null!;

    /// <summary>The output of the first two starts.</summary>
    internal string Output => _output.ToString();

    internal int MqttPort =>
        int.Parse(MqttServed().Match(_process!.Output).Groups[1].Value, CultureInfo.InvariantCulture);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = new UpgradedDatabase(await PostgresServer.CreateDatabaseAsync(Ct));
        await UpgradeFixture.RestoreAsync(_database.ConnectionString);
        UpgradeFixture.CopyDataDirectoryTo(_directory);
        EventsBefore = await _database.CurrentEventsAsync();
        SessionsBefore = await _database.OpenSessionsAsync();
        LastAlive = (await _database.LeasesAsync())[UpgradeFixture.NodeId];
        TablesOfEndedGenerations = await _database.TablesOfEndedGenerationsAsync();

        First = await OpenAndStopAsync();
        Second = await OpenAndStopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A command of the program, on the same database.</summary>
    internal Task<CommandAnswer> RunAsync(params string[] command) =>
        HostProcess.RunAsync(_directory, _database.ConnectionString, command);

    internal async Task<Answer> SendAsync(
        Credentials credentials, string method, string path, string body = "", string type = "application/json")
    {
        using var http = new HttpClient(new SigningHandler(credentials)) { BaseAddress = _process!.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, null, type);
        using var response = await http.SendAsync(request, Ct);
        return await Answer.ReadAsync(response);
    }

    private async Task<Opened> OpenAndStopAsync()
    {
        await StartAsync();
        await UntilNothingIsPendingAsync();
        var answers = new List<Answer>();
        foreach (var former in UpgradeFixture.Answers)
            answers.Add(await SendAsync(
                UpgradeFixture.Administrator(former.Account), former.Method, former.Path, former.Body));
        var things = new Dictionary<string, ThingHistory>();
        foreach (var name in PendingThings)
            things[name] = new ThingHistory(await GetAsync(name, "connectivity"), await GetAsync(name, "events"));

        var exitCode = await _process!.SignalAsync("TERM");
        _output.AppendLine(_process.Output);
        exitCode.ShouldBe(0, _process.Output);
        await _process.DisposeAsync();
        _process = null;
        var (events, tables) = (await _database.EventsAsync(), await _database.TablesAsync());
        return new Opened(answers, things, events, tables, await _database.ImageAsync());

        async Task<JsonElement> GetAsync(string name, string what)
        {
            var path = $"/v1/things/{name}/{what}?includeSocketInformation=true";
            return (await SendAsync(UpgradeFixture.Administrator(UpgradeFixture.Account), "GET", path)).Json;
        }
    }

    private async Task StartAsync()
    {
        _process = HostProcess.Start(
            _directory, _database.ConnectionString, "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0");
        using var http = new HttpClient();
        await Until(
            async () => (await http.GetAsync(new Uri(_process.Address, "/health/ready"), Ct)).IsSuccessStatusCode
                && MqttPort > 0,
            "the host is ready");
    }

    /// <summary>
    /// Waits until the spill is stored, all sessions are ended, all messages are handled, and the killed node is
    /// removed; then until the host has renewed its lease once more, and has done the work that follows a renewal.
    /// </summary>
    private async Task UntilNothingIsPendingAsync()
    {
        var spill = Path.Combine(_directory, ".data", "gateway-spill");
        await Until(
            () => Task.FromResult(!Directory.EnumerateFiles(spill, "*.jsonl", SearchOption.AllDirectories).Any()),
            "the spill is stored");
        await Until(
            async () => (await _database.OpenSessionsAsync()).Count == 0,
            "the sessions are ended");
        await Until(async () => (await _database.PendingMessagesAsync()).Count == 0, "the messages are handled");
        await Until(async () => (await _database.LeasesAsync()).Count == 1, "the killed node is removed");
        var (node, renewedAt) = (await _database.LeasesAsync()).Single();
        await Until(async () => (await _database.LeasesAsync())[node] > renewedAt, "the lease is renewed");
    }

    private async Task Until(Func<Task<bool>> condition, string because)
    {
        try
        {
            await Eventually.Is(condition, PendingWork, because);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException(
                $"{timeout.Message} Open sessions: {string.Join(", ", await _database.OpenSessionsAsync())}. "
                + $"Nodes: {string.Join(", ", await _database.LeasesAsync())}. The host's output:\n{_process!.Output}",
                timeout);
        }
    }

    [GeneratedRegex(@"MQTT is served at \S+:(\d+)")]
    private static partial Regex MqttServed();
}

/// <summary>The answers of the running host, and the contents of the database after it was stopped.</summary>
/// <param name="Answers">The answers to the requests of the fixture, in their order.</param>
/// <param name="Things">Things with pending work in the fixture, by name.</param>
internal sealed record Opened(
    IReadOnlyList<Answer> Answers,
    IReadOnlyDictionary<string, ThingHistory> Things,
    IReadOnlyDictionary<string, string> Events,
    IReadOnlyList<string> Tables,
    IReadOnlyList<string> Image);

/// <summary>The record of a thing and its stream, as <c>/v1</c> returns them.</summary>
internal sealed record ThingHistory(JsonElement Record, JsonElement Stream)
{
    public IReadOnlyList<JsonElement> Events => [.. Stream.GetProperty("events").EnumerateArray()];
}
