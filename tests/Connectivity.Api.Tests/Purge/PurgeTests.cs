using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Connectivity.Api.Tests.Purge;

/// <summary>The purge after indexing is turned off and after a thing is deleted.</summary>
public sealed class PurgeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turning_indexing_off_is_answered_at_once_and_the_purge_follows_with_a_warning()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (one, other) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        await host.ReportAsync(Event.Connected(one), Event.Disconnected(one), Event.Connected(other));

        await host.TurnIndexingOffAsync();

        foreach (var name in new[] { one, other })
            (await host.AskAsync(name)).ShouldBeAwsError(400, "IndexNotReadyException");
        (await host.GetAsync($"/v1/things/{one}/events")).ShouldBeProblem(409);
        (await host.ReportAsync(Event.Connected(one, 2))).ShouldBe([("ignored", "connectivity indexing is off")]);
        await Eventually.Is(async () =>
                await StoredData.EventsAsync(host.ConnectionString) == 0
                    && await StoredData.RecordsAsync(host.ConnectionString) == 0,
            because: "streams and records are removed");
        await Eventually.Is(() => host.Log.Lines.Any(line =>
                line.Level == LogLevel.Warning && line.Text.Contains("3 events and their records were purged")),
            because: "the numbers are logged");
        (await host.GetAsync($"/things/{one}")).Status.ShouldBe(200, "things stay");
    }

    [Fact]
    public async Task The_next_host_finishes_a_purge_that_a_shutdown_interrupted()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var name = await host.CreateThingAsync();
        await host.ReportAsync(Event.Connected(name));
        // An open transaction that has read the streams blocks their removal.
        await using var reader = await StoredData.OpenAsync(host.ConnectionString);
        await using var reading = await reader.BeginTransactionAsync(Ct);
        await using (var read = new NpgsqlCommand("select count(*) from connectivity.mt_events", reader))
            await read.ExecuteScalarAsync(Ct);

        await host.TurnIndexingOffAsync();
        await host.StopAsync();
        host.Log.Lines.ShouldNotContain(line => line.Text.Contains("were purged"), "the purge has not ended");
        await using var next = await ApiHost.StartAsync(host.ConnectionString);
        (await next.AskAsync(name)).ShouldBeAwsError(400, "IndexNotReadyException");
        await reading.RollbackAsync(Ct);

        await Eventually.Is(
            async () => await StoredData.EventsAsync(host.ConnectionString) == 0, TimeSpan.FromSeconds(30),
            "the next host removes the streams");
        (await StoredData.RecordsAsync(host.ConnectionString)).ShouldBe(0);
        await Eventually.Is(
            () => next.Log.Lines.Any(line => line.Text.Contains("were purged")), because: "the numbers are logged");
    }

    [Fact]
    public async Task After_indexing_is_turned_on_again_a_thing_reads_unknown_unless_its_device_is_connected()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (gone, there) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        var old = Event.Connected(gone);
        await host.ReportAsync(old);
        await using var device = await Device.ConnectAsync(host, there);
        await Eventually.Is(() => host.IsConnectedAsync(there), because: "the thing reads connected");

        await host.TurnIndexingOffAsync();
        await host.TurnIndexingOnAsync();

        (await host.AskAsync(gone)).Json.Text("disconnectReason").ShouldBe("UNKNOWN");
        (await host.ReportAsync(old)).ShouldBe([("ignored", "it occurred before the thing's indexed period began")]);
        (await host.AskAsync(gone)).Json.Text("disconnectReason").ShouldBe("UNKNOWN");
        await Eventually.Is(
            () => host.IsConnectedAsync(there), because: "the open connection is announced in the new generation");
        await host.ReportAsync(Event.Connected(gone, 2));
        await Eventually.Is(
            () => host.Log.Lines.Any(line => line.Text.Contains("were purged")),
            because: "the previous generation is removed");
        (await host.IsConnectedAsync(gone)).ShouldBeTrue("the purge does not touch the next generation");
        (await host.EventsAsync(gone)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deleting_a_thing_removes_only_its_own_stream_and_record()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var (deleted, other) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        var old = Event.Connected(deleted);
        await host.ReportAsync(old, Event.Disconnected(deleted), Event.Connected(other));

        await host.DeleteThingAsync(deleted);

        (await StoredData.EventsAsync(host.ConnectionString)).ShouldBe(1);
        (await StoredData.RecordsAsync(host.ConnectionString)).ShouldBe(1);
        (await host.ReportAsync(old)).ShouldBe([("ignored", "the client id is not a registered thing")]);
        await host.CreateThingAsync(deleted);
        (await host.ReportAsync(old)).ShouldBe([("ignored", "it occurred before the thing's indexed period began")]);
        (await host.AskAsync(deleted)).Json.Text("disconnectReason").ShouldBe("UNKNOWN");
        (await host.IsConnectedAsync(other)).ShouldBeTrue();
    }
}
