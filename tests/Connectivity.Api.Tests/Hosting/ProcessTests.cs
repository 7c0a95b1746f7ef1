using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.LocalPostgres;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>The program as a user runs it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DataDirectory => Path.Combine(_directory, ".data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_host_without_a_connection_string_keeps_everything_in_its_data_directory()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        IReadOnlyList<string> records;
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            // The first lines of the log contain the data directory and the addresses.
            host.Output.ShouldContain($"Data is in {DataDirectory}");
            host.Output.ShouldContain($"HTTP is served at {host.Address.OriginalString}");
            host.Output.ShouldContain("MQTT is served at 127.0.0.1:");
            host.Output.ShouldContain(
                $"Ask with: AWS_SHARED_CREDENTIALS_FILE={DataDirectory}/credentials "
                + $"aws --endpoint-url {host.Address.OriginalString} "
                + "--region us-east-1 iot get-thing-connectivity-data --thing-name NAME");

            using var http = ClientOf(host);
            await PostAsync(http, "/indexing/config",
                """
                {"thingIndexingConfiguration":
                 {"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}
                """);
            foreach (var name in (string[])["pump-1", "pump-2", "pump-3"])
            {
                await PostAsync(http, $"/things/{name}", "{}");
                JsonArray events =
                    [Event.Connected(name, 2).WithDetails(), Event.Disconnected(name, 2), Event.Connected(name, 1)];
                await PostAsync(http, "/v1/lifecycle-events", events.ToJsonString());
            }

            // A second host on the same directory exits and names the first.
            await using (var second = HostProcess.Start(
                _directory, null, "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0"))
            {
                (await second.ExitCodeAsync()).ShouldBe(1);
                second.Output.ShouldContain(host.Id.ToString());
            }

            // A rebuild while the host is running leaves every record unchanged.
            await using (var attached = await LocalPostgresCluster.AttachAsync(
                new LocalPostgresOptions(DataDirectory), Ct))
            {
                records = await StoredData.RecordTextsAsync(attached.ConnectionString);
                records.Count.ShouldBe(3);
                await using (var rebuild = HostProcess.Start(_directory, null, "rebuild"))
                {
                    (await rebuild.ExitCodeAsync()).ShouldBe(0, rebuild.Output);
                    rebuild.Output.ShouldMatch(@"3 things with \d+ events were folded again; 0 records differed\.");
                }

                (await StoredData.RecordTextsAsync(attached.ConnectionString)).ShouldBe(records);
            }

            (await IsDisconnectedAsync(http)).ShouldBeTrue();
            (await host.SignalAsync("INT")).ShouldBe(0, host.Output);
        }

        Processes().ShouldBeEmpty();

        await using (var next = await HostProcess.ServeAsync(_directory))
        {
            using var http = ClientOf(next);
            (await IsDisconnectedAsync(http)).ShouldBeTrue("stored records survive a restart");
            (await next.SignalAsync("TERM")).ShouldBe(0, next.Output);
        }

        Processes().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--urls=http://127.0.0.1:{0}", "--Connectivity:Mqtt:Port=0",
        "Choose another port with the setting urls (ASPNETCORE_URLS), or port 0 for any free one.")]
    [InlineData("--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port={0}",
        "Choose another with the setting Connectivity:Mqtt:Port (Connectivity__Mqtt__Port), or 0 for any free port.")]
    public async Task A_taken_port_ends_the_program_with_one_message_that_names_its_setting(
        string urls, string mqtt, string remedy)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var host = HostProcess.Start(
            _directory, await PostgresServer.CreateDatabaseAsync(Ct), string.Format(urls, port),
            string.Format(mqtt, port));

        (await host.ExitCodeAsync()).ShouldBe(1, host.Output);
        var lines = host.Output.Split('\n');
        var message = lines.Where(line => line.Contains(remedy)).ShouldHaveSingleItem();
        message.ShouldContain($"127.0.0.1:{port}");
        lines.ShouldAllBe(line => !line.TrimStart().StartsWith("at "), "no stack trace");
    }

    [Fact]
    public async Task Settings_out_of_range_end_the_program_with_all_errors()
    {
        await using var host = HostProcess.Start(
            _directory, null, "--Connectivity:Account=1", "--Connectivity:Mqtt:Port=-1");
        (await host.ExitCodeAsync()).ShouldBe(1);
        host.Output.ShouldBe(
            "Connectivity:Account must be twelve digits\nConnectivity:Mqtt:Port must lie between 0 and 65535");
        Directory.Exists(DataDirectory).ShouldBeFalse();
    }

    private HttpClient ClientOf(HostProcess host) =>
        new(new SigningHandler(Credentials.Read(DataDirectory))) { BaseAddress = host.Address };

    private static async Task PostAsync(HttpClient http, string path, string body)
    {
        using var response = await http.PostAsync(path, new StringContent(body, null, "application/json"), Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<bool> IsDisconnectedAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<JsonElement>("/v1/things/pump-1/connectivity", Ct))
            .Text("disconnectReason") == "CONNECTION_LOST";

    /// <summary>
    /// The working directories of processes in or below the directory, such as the host and its PostgreSQL. Empty
    /// without /proc.
    /// </summary>
    private List<string> Processes() => !Directory.Exists("/proc/self") ? [] :
    [
        .. Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Select(WorkingDirectory).OfType<string>()
            .Where(path => path.StartsWith(_directory, StringComparison.Ordinal)),
    ];

    private static string? WorkingDirectory(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
