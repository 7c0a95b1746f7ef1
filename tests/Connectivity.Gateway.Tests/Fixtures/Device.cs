using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>A device: MQTTnet's client with the messages that it received.</summary>
public sealed class Device : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Conditions _conditions = new();
    private readonly ConcurrentQueue<MqttApplicationMessage> _received = new();

    private Device()
    {
        _client.ApplicationMessageReceivedAsync += received =>
        {
            _received.Enqueue(received.ApplicationMessage);
            _conditions.Changed();
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += disconnected =>
        {
            Ended = disconnected;
            _conditions.Changed();
            return Task.CompletedTask;
        };
    }

    public MqttClientConnectResult Granted { get; private set; } = null!;

    /// <summary>How the connection ended, as the client saw it.</summary>
    public MqttClientDisconnectedEventArgs? Ended { get; private set; }

    public IReadOnlyList<MqttApplicationMessage> Received => [.. _received];

    public static async Task<Device> ConnectAsync(MqttClientOptions options)
    {
        var device = new Device();
        device.Granted = await device._client.ConnectAsync(options, TestContext.Current.CancellationToken);
        return device;
    }

    public Task UntilEnded() => _conditions.Until(() => Ended is not null);

    public Task UntilReceived(int count) => _conditions.Until(() => _received.Count >= count);

    public Task<MqttClientSubscribeResult> SubscribeAsync(string filter, int qos = 1) => _client.SubscribeAsync(
        new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, (MqttQualityOfServiceLevel)qos).Build(),
        TestContext.Current.CancellationToken);

    public Task<MqttClientSubscribeResult> SubscribeAsync(MqttClientSubscribeOptions options) =>
        _client.SubscribeAsync(options, TestContext.Current.CancellationToken);

    public Task<MqttClientUnsubscribeResult> UnsubscribeAsync(string filter) => _client.UnsubscribeAsync(
        new MqttClientUnsubscribeOptionsBuilder().WithTopicFilter(filter).Build(),
        TestContext.Current.CancellationToken);

    public Task<MqttClientPublishResult> PublishAsync(
        string topic, string payload = "", int qos = 1, bool retain = false) =>
        PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithRetainFlag(retain)
                .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build());

    public Task<MqttClientPublishResult> PublishAsync(MqttApplicationMessage message) =>
        _client.PublishAsync(message, TestContext.Current.CancellationToken);

    public Task DisconnectAsync(
        MqttClientDisconnectOptionsReason reason = MqttClientDisconnectOptionsReason.NormalDisconnection) =>
        _client.DisconnectAsync(
            new MqttClientDisconnectOptionsBuilder().WithReason(reason).Build(), TestContext.Current.CancellationToken);

    /// <summary>Closes the socket without a DISCONNECT.</summary>
    public void Drop() => _client.Dispose();

    public void Dispose() => _client.Dispose();

    public static string Text(MqttApplicationMessage message) => Encoding.UTF8.GetString(message.Payload.ToArray());
}
