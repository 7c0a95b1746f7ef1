using System.Net;
using System.Net.Sockets;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;
using Connectivity.Gateway.Tests.Fixtures;
using Connectivity.Testing;
using CsCheck;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Tests;

/// <summary>
/// The gateway keeps serving whatever a client sends first, and admits only the device that has credentials.
/// </summary>
[Trait("kind", "fuzz")]
public sealed class HostileConnectTests : IDisposable
{
    private const string Admitted = "are let in";

    private readonly Measurements _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void A_changed_CONNECT_is_refused_unless_it_contains_the_credentials() =>
        AreDecided("CONNECT packet, changed", AnyConnect.Changed, admitted: true);

    [Fact]
    public void Arbitrary_bytes_are_refused() =>
        AreDecided("bytes instead of a CONNECT", AnyConnect.Any, admitted: false);

    /// <summary>
    /// Over TCP, to a complete gateway. Afterwards it serves the device, has reported no other, and has released the
    /// memory.
    /// </summary>
    [Fact]
    public async Task A_gateway_keeps_serving_after_hostile_input()
    {
        var access = new TestAccess { Decide = OnlyThePump.DecideAsync };
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumAcceptsPerSecond = 1_000_000 }, access: access);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var outcomes = Fuzz.Run(
            "bytes to the MQTT endpoint over TCP", Gen.Frequency((4, AnyConnect.Changed), (1, AnyConnect.Any)),
            sent => Answer(sent, Exchange(gateway.Port, sent)), inTests: 1_000, share: 0.125);

        outcomes[Admitted].ShouldBeGreaterThan(0);
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 0);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64 << 20);
        gateway.Sink.Taken.ShouldAllBe(taken => taken.Event.ClientId == AnyConnect.Pump);
        var device = await gateway.ConnectAsync(
            AnyConnect.Pump, MqttProtocolVersion.V500,
            with => with.WithCredentials(AnyConnect.Pump, AnyConnect.Secret));
        (await device.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
    }

    /// <summary>
    /// Without a socket, against the connection itself, because the library would swallow its exceptions.
    /// </summary>
    private void AreDecided(string kind, Gen<Sent> inputs, bool admitted)
    {
        using var limiter = new ConnectionLimiter(new GatewayOptions());
        var context = Context(limiter);
        var outcomes = Fuzz.Run(kind, inputs, sent => DecideAsync(sent, context).GetAwaiter().GetResult());
        if (admitted) outcomes[Admitted].ShouldBeGreaterThan(outcomes.Values.Sum() / 20);
        else outcomes.Keys.ShouldNotContain(Admitted);
    }

    private static async Task<string> DecideAsync(Sent sent, DeviceConnectionContext context)
    {
        var channel = new MemoryChannel(sent.Bytes, sent.ChunkSize);
        var loopback = new IPEndPoint(IPAddress.Loopback, 1);
        var connection = new DeviceConnection(channel, new ConnectionEndpoints(loopback, loopback), context);
        context.Limiter.TryEnter(connection).ShouldBeTrue();
        var connect = await connection.ReceivePacketAsync(CancellationToken.None);
        // The library keeps reading until the end.
        for (var next = connect; next is not null && connection.Refusal is null;)
            next = await connection.ReceivePacketAsync(CancellationToken.None);
        await connection.FinishAsync();

        if (channel.Sent.Length > 0 && channel.Sent[3] == 0)
            throw new InvalidOperationException("The CONNACK admits it.");
        if (connect is null) return "are malformed or cut off";
        connect.ShouldBeOfType<MqttConnectPacket>();
        return connection.Refusal is { } refusal ? $"are refused ({refusal})" : Granted(sent);
    }

    private static string Granted(Sent sent) =>
        sent.HasCredentials ? Admitted : throw new InvalidOperationException("It is admitted without credentials.");

    private static string Answer(Sent sent, byte[] answer) => answer switch
    {
        [] => "are not answered",
        [0x20, >= 2, _, 0, ..] => Granted(sent),
        [0x20, >= 2, 0, var code, ..] => $"are refused (0x{code:X2})",
        _ => throw new InvalidOperationException($"It is answered {Convert.ToHexString(answer)}."),
    };

    /// <summary>Returns all that the gateway sends until it closes.</summary>
    private static byte[] Exchange(int port, Sent sent)
    {
        // Reset on disposal, so that the port is free again immediately.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            LingerState = new LingerOption(true, 0),
            ReceiveTimeout = 20_000,
        };
        socket.Connect(IPAddress.Loopback, port);
        var answer = new MemoryStream();
        try
        {
            foreach (var chunk in sent.Bytes.Chunk(Math.Max(sent.ChunkSize, sent.Bytes.Length / 2 + 1)))
                socket.Send(chunk);
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            while (socket.Receive(buffer) is > 0 and var received) answer.Write(buffer, 0, received);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is not SocketError.TimedOut)
        {
            // The gateway closed the connection before it read everything.
        }

        return answer.ToArray();
    }

    private DeviceConnectionContext Context(ConnectionLimiter limiter)
    {
        var (options, log) = (new GatewayOptions(), new RecordingLogger());
        var (reserved, metrics) = (new ReservedTopics(), new GatewayMetrics(_measured));
        var admission = new ConnectAdmission(
            new OnlyThePump(), new FailedConnects(reserved, metrics, TimeProvider.System), metrics, log);
        return new DeviceConnectionContext(
            options, limiter, new ActiveConnections(), new EventQueue(options.MaximumQueuedEvents, log),
            new VersionNumbers(), new RoutingBounds(options, log), reserved, admission, metrics,
            new FreezeDetector(TimeProvider.System, TimeProvider.System), TimeProvider.System, log);
    }

    /// <summary>Records nothing, because it is called millions of times.</summary>
    private sealed class OnlyThePump : IDeviceAccess
    {
        public static Task<DeviceAdmission> DecideAsync(DeviceClaim claim, CancellationToken cancellationToken) =>
            Task.FromResult(
                claim is { ClientId: AnyConnect.Pump, UserName: AnyConnect.Pump, Password: { } password }
                && System.Text.Encoding.Latin1.GetString(password.Span) == AnyConnect.Secret
                    ? TestAccess.Admit(new TestIdentity())
                    : new DeviceAdmission.Refused(BadCredentials: claim.Password is not null));

        public Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken) =>
            DecideAsync(claim, cancellationToken);

        public ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(false);
    }
}
