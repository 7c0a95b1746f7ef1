using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Tests.Fixtures;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class SinkFailureTests
{
    [Fact]
    public async Task A_sink_that_fails_and_heals_loses_nothing_and_keeps_the_order()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException("the secret of pump-3") : Task.CompletedTask;
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
            events.Select(one => one.Connection.VersionNumber).ShouldBe(events.Select(one => one.Connection.VersionNumber).Order());
        }

        gateway.Service.LostReports.ShouldBe(0);
        gateway.Log.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Text.Contains("InvalidOperationException"));
        gateway.Log.Lines.ShouldNotContain(line => line.Text.Contains("secret"));
    }

    [Fact]
    public async Task What_is_reported_again_keeps_its_place_among_the_rest()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        var repeating = gateway.Service.ReportOpenConnectionsAsync("pump", TestContext.Current.CancellationToken);
        await device.DisconnectAsync();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        repeating.IsCompleted.ShouldBeFalse();

        broken = false;
        await repeating;
        await gateway.Sink.DisconnectOf("pump");
        // The gateway may read the first one's DISCONNECT or the second one's CONNECT first.
        gateway.Sink.Taken.Select(taken => (taken.Event is ThingConnected, taken.Age)).Take(2).ShouldBe(
            [(true, Age.PresentLife), (true, Age.Any)]);
    }

    [Fact]
    public async Task What_waits_is_handed_over_in_batches_of_up_to_500()
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

        await gateway.Sink.Until(() => gateway.Service.QueuedReports >= 599);
        gate.SetResult();
        await gateway.Sink.DisconnectOf("pump", 299);
        gateway.Sink.Batches[..2].ShouldBe([1, 500]);
    }

    [Fact]
    public async Task When_the_queue_is_full_the_oldest_events_are_lost_loudly_and_counted()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumQueuedReports = 4 });
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
        await gateway.ConnectAsync("first", MqttProtocolVersion.V311);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 0);
        for (var i = 0; i < 10; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V311);
        gateway.Service.LostReports.ShouldBe(6);
        gateway.Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);

        broken = false;
        await gateway.Sink.ConnectOf("pump-9");
        gateway.Sink.Taken.Select(taken => taken.Event.ClientId).ShouldBe(["first", "pump-6", "pump-7", "pump-8", "pump-9"]);
    }

    [Fact]
    public async Task Stopping_waits_for_a_failing_sink_until_it_is_told_to_give_up()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Sink.Before = _ => throw new InvalidOperationException();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        using var patience = new CancellationTokenSource();
        var stopping = gateway.Service.StopAsync(patience.Token);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 2);
        stopping.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();
        await stopping;
        gateway.Service.LostReports.ShouldBe(2);
        gateway.Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }
}
