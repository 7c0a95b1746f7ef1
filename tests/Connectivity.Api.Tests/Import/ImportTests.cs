using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Connectivity.Api.Import;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Import;

/// <summary>What an import stores, and what it reports.</summary>
public sealed class ImportTests(TransferDatabase database) : IClassFixture<TransferDatabase>
{
    private const string Connect =
        """
        {"clientId":"lamp","eventType":"connected","timestamp":1500000000000,"source":"gateway",
        "sessionIdentifier":"s","versionNumber":1}
        """;

    private const string InferredEnd =
        """
        {"clientId":"lamp","eventType":"disconnected","timestamp":1500000009000,"source":"gateway",
        "sessionIdentifier":"s","versionNumber":1,"disconnectReason":"SERVER_ERROR",
        "clientInitiatedDisconnect":false,"connectedAt":1500000000000,"inferred":true}
        """;

    [Fact]
    public async Task Keeps_inferred_ends_and_sources_of_the_system()
    {
        var account = await database.NewAccountAsync();

        var summary = await database.ImportAsync(
            account, Connect.ReplaceLineEndings(""), InferredEnd.ReplaceLineEndings(""));

        summary.Outcomes.ShouldBe([(OutcomeKind.Accepted, null, 2L)]);
        var record = (await database.Host.AskAsync(account, "lamp")).Record!;
        var stored = record.Disconnect.ShouldNotBeNull();
        stored.Inferred.ShouldBeTrue();
        stored.Connection.Source.ShouldBe("gateway");
        stored.ConnectedAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1500000000000));
    }

    [Fact]
    public async Task Ignores_events_of_unknown_things_unless_it_registers_them()
    {
        var account = await database.NewAccountAsync();
        var input = Encoding.UTF8.GetBytes(Line("lamp", 1) + "\n" + Line("a b", 1));

        var ignored = await database.ImportAsync(account, input, registers: false);
        var registered = await database.ImportAsync(account, input, registers: true);

        ignored.Outcomes.ShouldBe([(OutcomeKind.Ignored, "the client id is not a registered thing", 2L)]);
        registered.Outcomes.ShouldBe(
            [
                (OutcomeKind.Accepted, null, 1L),
                (OutcomeKind.Ignored, "the client id is not a registered thing", 1L),
            ], "a thing can't have the second name");
        registered.Things.ShouldBe(1);
    }

    [Fact]
    public async Task Rejected_lines_are_in_the_reject_file_with_their_numbers_and_reasons()
    {
        var account = await database.NewAccountAsync();
        var file = Path.Combine(TemporaryDirectory.Make(), "rejected");
        var future = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        string[] lines =
        [
            "\ufeff" + Line("lamp", 1), "", "no json", Line("lamp", 2).Replace("1500000000002", $"{future}"),
            new string('x', ImportLines.MaximumLength + 200_000), Line("lamp", 3) + "\r",
        ];

        var summary = await database.ImportAsync(
            account, Encoding.UTF8.GetBytes(string.Join('\n', lines)), rejectFile: file);

        summary.Outcomes.ShouldBe([(OutcomeKind.Accepted, null, 2L), (OutcomeKind.Rejected, null, 3L)]);
        var rejected = File.ReadAllLines(file).Select(line => JsonElement.Parse(line))
            .OrderBy(json => json.GetProperty("line").GetInt64()).ToList();
        rejected.Select(json => (json.GetProperty("line").GetInt64(), json.GetProperty("reason").GetString()))
            .ShouldBe(
            [
                (3, "the line is not valid JSON"),
                (4, "timestamp is in the future: it is more than 2 minutes ahead of the database's clock"),
                (5, "the line is longer than 1048576 bytes"),
            ]);
        rejected[0].GetProperty("text").GetString().ShouldBe("no json");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Reads_gzip()
    {
        var account = await database.NewAccountAsync();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            for (var i = 1; i <= 3_000; i++) gzip.Write(Encoding.UTF8.GetBytes(Line($"lamp-{i % 7}", i) + "\n"));

        var summary = await database.ImportAsync(account, compressed.ToArray());

        summary.Outcomes.ShouldBe([(OutcomeKind.Accepted, null, 3_000L)]);
        summary.Things.ShouldBe(7);
    }

    private static string Line(string clientId, int version) =>
        $$"""
        {"clientId":"{{clientId}}","eventType":"connected","timestamp":{{1500000000000 + version}},
        "sessionIdentifier":"s-{{version}}","versionNumber":{{version}}}
        """.ReplaceLineEndings("");
}
