using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class SinkFailureTests
{
    [Fact]
    public async Task A_sink_that_recovers_receives_all_events_in_order()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var broken = true;
        gateway.Sink.Before = _ => broken
            ? throw new InvalidOperationException("the secret of pump-3")
            : Task.CompletedTask;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                var device = await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V500);
                await device.DisconnectAsync();
                await device.UntilEnded();
            }
        }

        var connected = await gateway.ConnectAsync("open", MqttProtocolVersion.V500);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 2);
        (await connected.PublishAsync("still/served")).IsSuccess.ShouldBeTrue();
        gateway.Sink.Taken.ShouldBeEmpty();

        broken = false;
        await gateway.Sink.ConnectOf("open");
        for (var i = 0; i < 20; i++)
        {
            var events = gateway.Sink.Of($"pump-{i}");
            events.Select(one => one is ThingConnected).ShouldBe([true, false, true, false, true, false]);
            var versions = events.Select(one => one.Connection.VersionNumber).ToList();
            versions.ShouldBe(versions.Order());
        }

        gateway.Service.LostEvents.ShouldBe(0);
        gateway.Log.Lines.ShouldContain(
            line => line.Level == LogLevel.Warning && line.Text.Contains("InvalidOperationException"));
        gateway.Log.Lines.ShouldNotContain(line => line.Text.Contains("secret"));
    }

    [Fact]
    public async Task An_event_that_is_postponed_delays_no_other_device_and_is_repeated()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Sink.Postpones = one => one.ClientId == "held";
        var held = await gateway.ConnectAsync("held", MqttProtocolVersion.V500);
        await held.DisconnectAsync();
        for (var i = 0; i < 5; i++)
        {
            await gateway.ConnectAsync($"free-{i}", MqttProtocolVersion.V500);
            await gateway.Sink.ConnectOf($"free-{i}");
        }

        gateway.Sink.Of("held").ShouldBeEmpty();
        gateway.Sink.Postpones = _ => false;
        await gateway.Sink.DisconnectOf("held");

        gateway.Sink.Of("held").Select(one => one is ThingConnected).ShouldBe([true, false]);
        gateway.Service.LostEvents.ShouldBe(0);
    }

    [Fact]
    public async Task A_reannounced_connect_keeps_its_position_among_other_events()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        var reannouncing = gateway.Service.ReannounceOpenConnectionsAsync(
            "pump", TestContext.Current.CancellationToken);
        await device.DisconnectAsync();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        reannouncing.IsCompleted.ShouldBeFalse();

        broken = false;
        await reannouncing;
        await gateway.Sink.DisconnectOf("pump");
        // The gateway may read the first client's DISCONNECT or the second client's CONNECT first.
        gateway.Sink.Taken.Select(taken => (taken.Event is ThingConnected, taken.Backdating)).Take(2).ShouldBe(
            [(true, Backdating.Disallowed), (true, Backdating.Allowed)]);
    }

    [Fact]
    public async Task Waiting_events_are_delivered_in_batches_of_up_to_500()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var gate = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        gateway.Sink.Before = _ =>
        {
            reached.TrySetResult();
            return gate.Task;
        };
        await gateway.ConnectAsync("first", MqttProtocolVersion.V311);
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 300; i++)
        {
            using var client = await gateway.OpenAsync();
            await client.ConnectAsync("pump");
        }

        await gateway.Sink.Until(() => gateway.Service.QueuedEvents >= 599);
        gate.SetResult();
        await gateway.Sink.DisconnectOf("pump", 299);
        gateway.Sink.Batches[..2].ShouldBe([1, 500]);
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest_events_and_logs_and_counts_them()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumQueuedEvents = 4 });
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
        await gateway.ConnectAsync("first", MqttProtocolVersion.V311);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 0);
        for (var i = 0; i < 10; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V311);
        gateway.Service.LostEvents.ShouldBe(6);
        gateway.Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);

        broken = false;
        await gateway.Sink.ConnectOf("pump-9");
        gateway.Sink.Taken.Select(taken => taken.Event.ClientId).ShouldBe(
            ["first", "pump-6", "pump-7", "pump-8", "pump-9"]);
    }

    [Fact]
    public async Task Stopping_waits_for_a_failing_sink_until_cancelled()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Sink.Before = _ => throw new InvalidOperationException();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        using var timeout = new CancellationTokenSource();
        var stopping = gateway.Service.StopAsync(timeout.Token);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 2);
        stopping.IsCompleted.ShouldBeFalse();
        await timeout.CancelAsync();
        await stopping;
        gateway.Service.LostEvents.ShouldBe(2);
        gateway.Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task Events_go_to_disk_while_the_sink_fails_and_are_delivered_in_order()
    {
        var directory = Directory.CreateTempSubdirectory("connectivity-test-").FullName;
        await using (var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { SpillDirectory = directory }))
        {
            var broken = true;
            gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
            for (var i = 0; i < 30; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V311);
            await gateway.Sink.Until(
                () => gateway.Service is { QueuedEvents: 0, SpilledBytes: > 0 } && Lines(directory) == 30);

            broken = false;
            await gateway.Sink.ConnectOf("pump-29");
            gateway.Sink.Taken.Select(taken => taken.Event.ClientId).ShouldBe(
                Enumerable.Range(0, 30).Select(i => $"pump-{i}"));
            await gateway.Sink.Until(() => gateway.Service.SpilledBytes == 0);
            gateway.Log.Lines.Count(line => line.Level == LogLevel.Warning).ShouldBe(1, "the failure is logged once");
            await gateway.StopAsync();
            gateway.Service.LostEvents.ShouldBe(0);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Events_go_to_disk_while_the_sink_hangs_and_are_delivered_once()
    {
        var directory = Directory.CreateTempSubdirectory("connectivity-test-").FullName;
        await using (var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { SpillDirectory = directory }))
        {
            var gate = new TaskCompletionSource();
            gateway.Sink.Before = _ => gate.Task;
            for (var i = 0; i < 10; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V311);
            await gateway.Sink.Until(() => Lines(directory) == 10);

            gate.SetResult();
            await gateway.Sink.ConnectOf("pump-9");
            gateway.Sink.Taken.Select(taken => taken.Event.ClientId).ShouldBe(
                Enumerable.Range(0, 10).Select(i => $"pump-{i}"));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_next_gateway_delivers_events_that_a_stopped_one_left_on_disk()
    {
        var directory = Directory.CreateTempSubdirectory("connectivity-test-").FullName;
        var options = new GatewayOptions { SpillDirectory = directory };
        await using (var gateway = await Fixtures.Gateway.StartAsync(options))
        {
            gateway.Sink.Before = _ => throw new InvalidOperationException();
            await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
            await gateway.Service.StopAsync(new CancellationToken(canceled: true));
            gateway.Service.LostEvents.ShouldBe(0);
        }

        await using (var next = await Fixtures.Gateway.StartAsync(options))
        {
            await next.ConnectAsync("tank", MqttProtocolVersion.V311);
            await next.Sink.ConnectOf("tank");
            next.Sink.Taken.Select(taken => (taken.Event is ThingConnected, taken.Event.ClientId))
                .ShouldBe([(true, "pump"), (false, "pump"), (true, "tank")]);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static int Lines(string directory) =>
        Directory.GetFiles(directory, "*.jsonl", SearchOption.AllDirectories).Sum(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Count(character => character == '\n');
        });
}
