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

/// <summary>Whatever a client sends first, the gateway goes on, and only the device that has credentials is let in.</summary>
[Trait("kind", "fuzz")]
public sealed class HostileConnectTests : IDisposable
{
    private const string LetIn = "are let in";

    private readonly Measurements _measured = new();

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void A_CONNECT_that_was_changed_is_refused_unless_it_bears_the_credentials() =>
        AreDecided("CONNECT packet, changed", AnyConnect.Changed, letIn: true);

    [Fact]
    public void Any_bytes_are_refused() => AreDecided("bytes instead of a CONNECT", AnyConnect.Any, letIn: false);

    /// <summary>Over TCP, to a gateway as it is. Afterwards it serves the device, has reported no other, and has kept no memory.</summary>
    [Fact]
    public async Task A_gateway_that_was_sent_anything_serves_on()
    {
        var access = new TestAccess { Decide = OnlyThePump.DecideAsync };
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumAcceptsPerSecond = 1_000_000 }, access: access);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var outcomes = Fuzz.Run(
            "bytes to the MQTT endpoint over TCP", Gen.Frequency((4, AnyConnect.Changed), (1, AnyConnect.Any)),
            sent => Answer(sent, Exchange(gateway.Port, sent)), inTests: 1_000, share: 0.125);

        outcomes[LetIn].ShouldBeGreaterThan(0);
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 0);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64 << 20);
        gateway.Sink.Taken.ShouldAllBe(taken => taken.Event.ClientId == AnyConnect.Pump);
        var device = await gateway.ConnectAsync(
            AnyConnect.Pump, MqttProtocolVersion.V500, with => with.WithCredentials(AnyConnect.Pump, AnyConnect.Secret));
        (await device.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
    }

    /// <summary>Against the connection itself, without a socket: what it throws would end in the library.</summary>
    private void AreDecided(string kind, Gen<Sent> inputs, bool letIn)
    {
        var (context, gate) = Context();
        var outcomes = Fuzz.Run(kind, inputs, sent => DecideAsync(sent, context, gate).GetAwaiter().GetResult());
        if (letIn) outcomes[LetIn].ShouldBeGreaterThan(outcomes.Values.Sum() / 20);
        else outcomes.Keys.ShouldNotContain(LetIn);
    }

    private static async Task<string> DecideAsync(Sent sent, DeviceConnectionContext context, ConnectionLimiter gate)
    {
        var channel = new MemoryChannel(sent.Bytes, sent.PieceSize);
        var loopback = new IPEndPoint(IPAddress.Loopback, 1);
        var connection = new DeviceConnection(channel, new ConnectionEndpoints(loopback, loopback), new ConnectionLimiter.Slot(gate), context);
        var connect = await connection.ReceivePacketAsync(CancellationToken.None);
        // The library goes on reading until there is no more.
        for (var next = connect; next is not null && connection.Refusal is null;) next = await connection.ReceivePacketAsync(CancellationToken.None);
        await connection.FinishAsync();

        if (channel.Sent.Length > 0 && channel.Sent[3] == 0) throw new InvalidOperationException("It is told that it is let in.");
        if (connect is null) return "are malformed or cut off";
        connect.ShouldBeOfType<MqttConnectPacket>();
        return connection.Refusal is { } refusal ? $"are refused ({refusal})" : Granted(sent);
    }

    private static string Granted(Sent sent) =>
        sent.HasCredentials ? LetIn : throw new InvalidOperationException("It is let in without credentials.");

    private static string Answer(Sent sent, byte[] answer) => answer switch
    {
        [] => "are not answered",
        [0x20, >= 2, _, 0, ..] => Granted(sent),
        [0x20, >= 2, 0, var code, ..] => $"are refused (0x{code:X2})",
        _ => throw new InvalidOperationException($"It is answered {Convert.ToHexString(answer)}."),
    };

    /// <summary>All that the gateway says until it closes.</summary>
    private static byte[] Exchange(int port, Sent sent)
    {
        // Reset at the end, so that its port is free again at once.
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
            foreach (var piece in sent.Bytes.Chunk(Math.Max(sent.PieceSize, sent.Bytes.Length / 2 + 1))) socket.Send(piece);
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            while (socket.Receive(buffer) is > 0 and var received) answer.Write(buffer, 0, received);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is not SocketError.TimedOut)
        {
            // Closed on what was still on the way.
        }

        return answer.ToArray();
    }

    private (DeviceConnectionContext, ConnectionLimiter) Context()
    {
        var (options, log) = (new GatewayOptions(), new RecordingLogger());
        var (reserved, metrics) = (new ReservedTopics(), new GatewayMetrics(_measured));
        var admission = new ConnectAdmission(new OnlyThePump(), new FailedConnects(reserved, metrics, TimeProvider.System), metrics, log);
        return (
            new DeviceConnectionContext(
                options, new ActiveConnections(), new EventQueue(options.MaximumQueuedEvents, log), new VersionNumbers(),
                new RoutingBounds(options, log), reserved, admission, metrics, TimeProvider.System, log),
            new ConnectionLimiter(options));
    }

    /// <summary>Remembers nothing: it is asked millions of times.</summary>
    private sealed class OnlyThePump : IDeviceAccess
    {
        public static Task<DeviceAdmission> DecideAsync(DeviceClaim claim, CancellationToken cancellationToken) => Task.FromResult(
            claim is { ClientId: AnyConnect.Pump, UserName: AnyConnect.Pump, Password: { } password }
            && System.Text.Encoding.Latin1.GetString(password.Span) == AnyConnect.Secret
                ? TestAccess.Admit(new TestIdentity())
                : new DeviceAdmission.Refused(BadCredentials: claim.Password is not null));

        public Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken) => DecideAsync(claim, cancellationToken);

        public ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }
}
