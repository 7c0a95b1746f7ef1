using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A device: MQTTnet's client, connected to the host's gateway.</summary>
public sealed class Device : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    /// <summary>Called with the topic of each message as it comes in.</summary>
    public Func<string, Task> Received { get; set; } = _ => Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Device> ConnectAsync(ApiHost host, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V311)
    {
        var device = new Device();
        device._client.ApplicationMessageReceivedAsync += received => device.Received(received.ApplicationMessage.Topic);
        await device._client.ConnectAsync(
            new MqttClientOptionsBuilder().WithClientId(clientId).WithTcpServer("127.0.0.1", host.MqttPort)
                .WithProtocolVersion(version).WithKeepAlivePeriod(TimeSpan.FromSeconds(60)).WithCleanSession().Build(), Ct);
        return device;
    }

    public Task SubscribeAsync(string filter) =>
        _client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter).Build(), Ct);

    public Task DisconnectAsync() => _client.DisconnectAsync(new MqttClientDisconnectOptionsBuilder().Build(), Ct);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
