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

    /// <summary>Connects with a password of its own, where the thing is registered, or else without any.</summary>
    /// <param name="policy">A device policy; null for the default one.</param>
    public static async Task<Device> ConnectAsync(
        ApiHost host, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V311, string? policy = null) =>
        await ConnectAsync(host, clientId, await host.CreatePasswordAsync(clientId, policy), version);

    /// <param name="password">Null to connect without user name and password.</param>
    /// <exception cref="MQTTnet.Adapter.MqttConnectingFailedException">It is refused.</exception>
    public static async Task<Device> ConnectAsync(
        ApiHost host, string clientId, string? password, MqttProtocolVersion version, Action<MqttClientOptionsBuilder>? change = null)
    {
        var device = new Device();
        device._client.ApplicationMessageReceivedAsync += received => device.Received(received.ApplicationMessage.Topic);
        var options = new MqttClientOptionsBuilder().WithClientId(clientId).WithTcpServer("127.0.0.1", host.MqttPort)
            .WithProtocolVersion(version).WithKeepAlivePeriod(TimeSpan.FromSeconds(60)).WithCleanSession();
        if (password is not null) options.WithCredentials(clientId, password);
        change?.Invoke(options);
        await device._client.ConnectAsync(options.Build(), Ct);
        return device;
    }

    public bool IsConnected => _client.IsConnected;

    public Task SubscribeAsync(string filter) =>
        _client.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter).Build(), Ct);

    public Task DisconnectAsync() => _client.DisconnectAsync(new MqttClientDisconnectOptionsBuilder().Build(), Ct);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
