using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Connectivity.Testing;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A device: MQTTnet's client, connected to the host's gateway, and the messages it received.</summary>
public sealed class Device : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentQueue<Message> _messages = new();

    public sealed record Message(string Topic, string Text)
    {
        public JsonElement Json => JsonElement.Parse(Text);
    }

    /// <summary>Called with the topic of each message on arrival.</summary>
    public Func<string, Task> Received { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<Message> Messages => [.. _messages];

    /// <summary>The host's answer to the connect.</summary>
    public MqttClientConnectResultCode Answer { get; private set; }

    /// <summary>The reason of the host's DISCONNECT, which only clients of MQTT 5 receive.</summary>
    public MqttClientDisconnectReason? ServerDisconnect { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects with a new password, or without any when the thing is not registered.</summary>
    /// <param name="policy">A device policy; null for the default one.</param>
    public static async Task<Device> ConnectAsync(
        ApiHost host, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V311, string? policy = null) =>
        await ConnectAsync(host, clientId, await host.CreatePasswordAsync(clientId, policy), version);

    /// <param name="password">Null to connect without user name and password.</param>
    public static async Task<Device> ConnectAsync(
        ApiHost host, string clientId, string? password, MqttProtocolVersion version = MqttProtocolVersion.V500,
        Action<MqttClientOptionsBuilder>? change = null)
    {
        var device = new Device();
        device._client.ApplicationMessageReceivedAsync += received =>
        {
            var message = received.ApplicationMessage;
            device._messages.Enqueue(new Message(message.Topic, Encoding.UTF8.GetString(message.Payload.ToArray())));
            return device.Received(message.Topic);
        };
        device._client.DisconnectedAsync += ended =>
        {
            device.ServerDisconnect = ended.Reason;
            return Task.CompletedTask;
        };
        var options = new MqttClientOptionsBuilder().WithClientId(clientId).WithTcpServer("127.0.0.1", host.MqttPort)
            .WithProtocolVersion(version).WithKeepAlivePeriod(TimeSpan.FromSeconds(60)).WithCleanSession();
        if (password is not null) options.WithCredentials(clientId, password);
        change?.Invoke(options);
        device.Answer = (await device._client.ConnectAsync(options.Build(), Ct)).ResultCode;
        return device;
    }

    /// <summary>Connects over TLS, with a client certificate where one is given.</summary>
    public static Task<Device> ConnectAsync(
        SecureHost secure, string clientId, X509Certificate2? certificate, string? password = null,
        MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        ConnectAsync(secure.Host, clientId, password, version, secure.Tls(certificate));

    /// <summary>The answer to the connect. The device disconnects when it was accepted.</summary>
    public static async Task<MqttClientConnectResultCode> AnswerAsync(Task<Device> connecting)
    {
        await using var device = await connecting;
        return device.Answer;
    }

    public bool IsConnected => _client.IsConnected;

    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(string filter)
    {
        var options = new MqttClientSubscribeOptionsBuilder()
            .WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce).Build();
        return (await _client.SubscribeAsync(options, Ct)).Items.Single().ResultCode;
    }

    /// <summary>False when the host answers that the device is not authorized.</summary>
    public async Task<bool> PublishAsync(string topic, string payload = "")
    {
        var result = await _client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), Ct);
        if (!result.IsSuccess) result.ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized);
        return result.IsSuccess;
    }

    public Task UntilReceived(int count) =>
        Eventually.Is(() => _messages.Count >= count, because: $"{count} messages are received");

    public Task UntilEnded() =>
        Eventually.Is(() => !IsConnected && ServerDisconnect is not null, because: "the connection ends");

    public Task DisconnectAsync() => _client.DisconnectAsync(new MqttClientDisconnectOptionsBuilder().Build(), Ct);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}

public static class DeviceOptions
{
    /// <summary>Connects from this local address.</summary>
    public static MqttClientOptionsBuilder From(this MqttClientOptionsBuilder options, string address, int port) =>
        options.WithTcpServer(tcp =>
    {
        tcp.RemoteEndpoint = new IPEndPoint(IPAddress.Loopback, port);
        tcp.LocalEndpoint = new IPEndPoint(IPAddress.Parse(address), 0);
    });
}
