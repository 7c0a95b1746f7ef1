using System.Diagnostics;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The commands <c>export</c> and <c>import</c> as a user types them, while a host is running.</summary>
public sealed class TransferCommandTests : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Exports_what_is_asked_for_and_imports_it_into_another_database()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (lamp, door) = (await host.CreateThingAsync("lamp"), await host.CreateThingAsync("door"));
        var begin = DateTimeOffset.UtcNow.AddSeconds(-30);
        await host.ReportAsync(
            Event.Connected(lamp, 1, begin).WithDetails(), Event.Disconnected(lamp, 1, begin.AddSeconds(1)),
            Event.Connected(door, 1, begin));

        (await RunAsync(host, "export")).ShouldSucceed().Split('\n')
            .ShouldAllBe(line => !line.Contains("192.0.2.7"), "addresses are not asked for");
        var ends = (await RunAsync(host, "export", "--thing", lamp, "--kind", "disconnected")).ShouldSucceed();
        ends.ShouldContain("\"thingName\":\"lamp\",\"position\":2,");
        ends.Split('\n').Length.ShouldBe(1);
        (await RunAsync(host, "export", "--prefix", "do")).ShouldSucceed().Split('\n').Length.ShouldBe(1);
        (await RunAsync(host, "export", "--to", "2001-01-01T00:00:00Z")).ShouldSucceed().ShouldBeEmpty();
        (await RunAsync(host, "export", "--kind", "both")).ShouldFail("--kind is connected or disconnected.");

        var file = Path.Combine(_directory, "all.ndjson.gz");
        var whole = (await RunAsync(host, "export", "--include-socket-information")).ShouldSucceed();
        whole.ShouldContain("192.0.2.7");
        (await RunAsync(host, "export", "--include-socket-information", "--output", file))
            .Errors.ShouldContain("3 events were exported.");
        await using var other = await ApiHost.StartIndexingAsync();
        var account = (await RunAsync(other, "import", file, "--register-things")).ShouldSucceed();
        account.ShouldContain("accepted  3\n2 things were registered");
        (await RunAsync(other, "export", "--include-socket-information")).ShouldSucceed().ShouldBe(whole);
        (await RunAsync(other, "import", file)).ShouldSucceed().ShouldContain("duplicate  3");
        (await other.IsConnectedAsync(door)).ShouldBeTrue();
        (await other.IsConnectedAsync(lamp)).ShouldBeFalse();
    }

    [Fact]
    public async Task Refuses_an_account_without_indexing_and_files_that_do_not_exist()
    {
        await using var host = await ApiHost.StartAsync();
        (await RunAsync(host, "export")).ShouldFail("Connectivity indexing is off");
        (await RunAsync(host, "import", "none")).ShouldFail("Connectivity indexing is off");
        await host.TurnIndexingOnAsync();
        (await RunAsync(host, "import", "none")).ShouldFail("none can't be read");
        (await RunAsync(host, "export", "--include-socket-information")).ShouldFail("does not opt in");
    }

    [Fact]
    public async Task An_import_that_was_killed_is_completed_by_the_same_command()
    {
        const int things = 40;
        await using var host = await ApiHost.StartIndexingAsync();
        var file = Path.Combine(_directory, "history.ndjson");
        var lines = Enumerable.Range(0, 60_000).Select(i => Line($"lamp-{i * things / 60_000:D2}", i % 1_500)).ToArray();
        await File.WriteAllLinesAsync(file, lines, Ct);

        await using (var first = HostProcess.Start(
            _directory, host.ConnectionString, "import", file, "--register-things"))
        {
            await Eventually.Is(
                async () => await StoredData.EventsAsync(host.ConnectionString) > 2_000, TimeSpan.FromMinutes(1),
                "the import stores");
            using var kill = Process.Start("kill", ["-9", $"{first.Id}"]);
            await kill.WaitForExitAsync(Ct);
            await first.ExitCodeAsync();
        }

        var before = await StoredData.EventsAsync(host.ConnectionString);
        before.ShouldBeLessThan(lines.Length);
        (await RunAsync(host, "import", file, "--register-things")).ShouldSucceed().ShouldContain("duplicate  ");

        (await StoredData.EventsAsync(host.ConnectionString)).ShouldBe(lines.Length);
        (await RunAsync(host, "export")).ShouldSucceed().Split('\n').ShouldBe(lines);
        (await RunAsync(host, "rebuild", "--check")).ShouldSucceed();
    }

    /// <summary>As an export writes it.</summary>
    private static string Line(string name, int i)
    {
        var at = new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i);
        return $"{{\"thingName\":\"{name}\",\"position\":{i + 1},"
            + $"\"recordedAt\":\"{at:yyyy-MM-dd'T'HH:mm:ss}+00:00\",\"outcome\":\"accepted\","
            + $"\"clientId\":\"{name}\",\"eventType\":\"connected\",\"timestamp\":{at.ToUnixTimeMilliseconds()},"
            + $"\"source\":\"gateway\",\"sessionIdentifier\":\"s-{i}\",\"versionNumber\":{i}}}";
    }

    private Task<CommandAnswer> RunAsync(ApiHost host, params string[] arguments) =>
        HostProcess.RunAsync(_directory, host.ConnectionString, arguments);
}
