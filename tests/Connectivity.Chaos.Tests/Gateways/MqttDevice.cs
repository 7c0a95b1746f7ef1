using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Connectivity.Chaos.Tests.Gateways;

/// <summary>
/// An MQTT 3.1.1 device that only connects and stays: one socket and no thread, so that ten thousand fit into a test.
/// </summary>
public sealed class MqttDevice : IDisposable
{
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(60);

    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private MqttDevice(string clientId) => ClientId = clientId;

    public string ClientId { get; }

    /// <summary>Whether the gateway still holds the connection.</summary>
    public bool IsOpen => !(_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);

    /// <summary>Connects, and returns when the gateway has accepted it.</summary>
    public static async Task<MqttDevice> ConnectAsync(int port, string clientId)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(AnsweredWithin);
        var device = new MqttDevice(clientId);
        try
        {
            await device._socket.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
            await device._socket.SendAsync(Connect(clientId), timeout.Token);
            var answer = new byte[4];
            for (var read = 0; read < answer.Length;)
            {
                var more = await device._socket.ReceiveAsync(answer.AsMemory(read), timeout.Token);
                if (more == 0) throw new IOException("The gateway closed the connection instead of accepting it.");
                read += more;
            }

            if (answer[3] != 0) throw new IOException($"The gateway refused the connection: {answer[3]}.");
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Sends PINGREQ and waits for the answer, as a device does within its keep-alive.</summary>
    public async Task PingAsync()
    {
        await _socket.SendAsync(new byte[] { 0xC0, 0x00 });
        var answer = new byte[2];
        for (var read = 0; read < answer.Length;)
        {
            var count = await _socket.ReceiveAsync(answer.AsMemory(read));
            if (count == 0) throw new IOException("The gateway ended the connection.");
            read += count;
        }
    }

    /// <summary>Sends a DISCONNECT and closes the connection.</summary>
    public async Task DisconnectAsync()
    {
        await _socket.SendAsync(new byte[] { 0xE0, 0 });
        Dispose();
    }

    /// <summary>Closes the connection without a DISCONNECT.</summary>
    public void Dispose() => _socket.Dispose();

    private static byte[] Connect(string clientId)
    {
        var id = Encoding.UTF8.GetBytes(clientId);
        // Protocol "MQTT" of level 4, clean session, a keep-alive longer than any round, and the client id.
        byte[] packet = [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 4, 0xB0, 0, 0, .. id];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), (ushort)id.Length);
        return packet;
    }
}
