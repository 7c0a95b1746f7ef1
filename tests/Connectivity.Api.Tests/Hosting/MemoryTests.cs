using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>
/// The program in a process of its own, while 60 connections send what costs most. Its memory stays below 600 MiB, and
/// queries from the same address are answered in the meantime.
/// </summary>
public sealed class MemoryTests : IDisposable
{
    private const int Connections = 60;
    private const long MaximumBytes = 600L * 1024 * 1024;
    private const int BodySize = 16 * 1024 * 1024;
    private const string Events = "/v1/lifecycle-events";

    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Sixty_connections_that_send_what_costs_most_leave_memory_and_room_for_queries()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        await using var host = await HostProcess.ServeAsync(
            _directory, connectionString, "--Connectivity:Throttling:Failures:PerSecond=1000000",
            "--Connectivity:Throttling:Failures:Burst=1000000",
            "--Connectivity:Throttling:GetThingConnectivityData:PerSecond=1000000",
            "--Connectivity:Bodies:Timeout=00:00:05");
        var administrator = Credentials.Read(Path.Combine(_directory, ".data"));
        using var http = new HttpClient(new SigningHandler(administrator)) { BaseAddress = host.Address };
        await PrepareAsync(http);
        var unprivileged = await CreateUserAsync(connectionString);

        await HoldsAsync("numbers of a user without a policy", unprivileged, Repeat("1,"), PayloadSigning.Named);
        await HoldsAsync("objects of a user without a policy", unprivileged, Repeat("{},"), PayloadSigning.NotNamed);
        await HoldsAsync("numbers", administrator, Repeat("1,"), PayloadSigning.NotNamed);
        await HoldsAsync("objects", administrator, Repeat("{},"), PayloadSigning.Named);
        await HoldsAsync("as many bad events as a batch may have", administrator, BadEvents(), PayloadSigning.Named);
        await HoldsAsync("one event with all of it in one text", administrator, OneText(), PayloadSigning.Named);
        await HoldsAsync(
            "made-up signatures", administrator with { Secret = "made-up" }, Repeat("1,"), PayloadSigning.NotNamed);
        await HoldsAsync(
            "made-up signatures whose bodies fall silent", administrator with { Secret = "made-up" }, Repeat("1,"),
            PayloadSigning.NotNamed, sent: BodySize - 1);
        await HoldsAsync("compressed zeros", administrator, Zeros(), PayloadSigning.Named, coding: "gzip");

        async Task HoldsAsync(
            string what, Credentials credentials, byte[] body, PayloadSigning signing, int? sent = null,
            string? coding = null)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var queries = QueryAsync(http, over.Token);
            var answers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
            {
                using var request = await OpenRequest.StartAsync(
                    host.Address, credentials, Events, body, signing, contentEncoding: coding);
                await request.SendAsync(body.AsMemory(0, sent ?? body.Length));
                return (await request.AnswerAsync()).Split("\r\n")[0];
            }));
            await over.CancelAsync();
            var (answered, slowest) = await queries;
            var peak = await PeakAsync(host.Id);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{what}: peak {peak / 1024 / 1024} MiB; "
                + $"{answered} queries, the slowest in {slowest.TotalSeconds:0.0} s; "
                + string.Join(
                    ", ", answers.CountBy(answer => answer).Select(answer => $"{answer.Value} × '{answer.Key}'")));
            peak.ShouldBeLessThan(MaximumBytes, what);
            answered.ShouldBeGreaterThan(0, what);
        }
    }

    private static async Task PrepareAsync(HttpClient http)
    {
        foreach (var (path, body) in ((string, string)[])
            [
                ("/indexing/config",
                    """
                    {"thingIndexingConfiguration":
                     {"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}
                    """),
                ("/things/pump", "{}"),
            ])
            (await http.PostAsync(path, new StringContent(body), Ct)).EnsureSuccessStatusCode();
    }

    /// <summary>Asks one query after the other, each of which must be answered, until it is stopped.</summary>
    private static async Task<(int Answered, TimeSpan Slowest)> QueryAsync(HttpClient http, CancellationToken stop)
    {
        var (answered, slowest) = (0, TimeSpan.Zero);
        while (!stop.IsCancellationRequested)
        {
            var asked = Stopwatch.StartNew();
            using var answer = await http.PostAsync("/things/pump/connectivity-data", new StringContent("{}"), Ct);
            ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync(Ct));
            slowest = asked.Elapsed > slowest ? asked.Elapsed : slowest;
            answered++;
        }

        return (answered, slowest);
    }

    private async Task<Credentials> CreateUserAsync(string connectionString)
    {
        var made = await HostProcess.RunAsync(_directory, connectionString, "keys", "create", "unprivileged");
        return Credentials.Parse(made.ShouldSucceed());
    }

    private static byte[] Repeat(string item)
    {
        var body = new byte[BodySize];
        body.AsSpan().Fill((byte)' ');
        body[0] = (byte)'[';
        var bytes = Encoding.ASCII.GetBytes(item);
        var end = 1;
        for (; end + bytes.Length < BodySize; end += bytes.Length) bytes.CopyTo(body, end);
        body[end - 1] = (byte)']';
        return body;
    }

    /// <summary>Each with the longest reasons, and values as long as they may be.</summary>
    private static byte[] BadEvents()
    {
        var text = new string('x', 1024);
        var item = $$"""
            {"clientId":"{{text}}","eventType":1,"timestamp":1,"sessionIdentifier":1,"versionNumber":"","source":1,
             "sourceIp":1,"targetIp":1,"sourcePort":"","targetPort":"","keepAliveDuration":"","cleanSession":1}
            """;
        return Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat(item, 10_000))}]");
    }

    private static byte[] OneText() => Encoding.ASCII.GetBytes(
        $$"""
        {"clientId":"{{new string('x', BodySize - 200)}}","eventType":"connected","timestamp":1,
         "sessionIdentifier":"1","versionNumber":1}
        """);

    private static byte[] Zeros()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(new byte[BodySize * 8]);
        return compressed.ToArray();
    }

    /// <summary>The most memory that the process has had, in bytes. Source: proc(5), VmHWM.</summary>
    private static async Task<long> PeakAsync(int process) =>
        (await File.ReadAllLinesAsync($"/proc/{process}/status", Ct))
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(':')[1].Trim().Split(' ')[0]) * 1024).Single();
}
