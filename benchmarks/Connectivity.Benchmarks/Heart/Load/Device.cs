using System.Net.Sockets;
using System.Text;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>An MQTT 3.1.1 client that connects and does no more: a socket and one packet each way.</summary>
public sealed class Device : IDisposable
{
    private const byte KeepAliveHigh = 1200 >> 8;
    private const byte KeepAliveLow = 1200 & 0xff;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    private Device()
    {
    }

    /// <summary>Connects and waits for the answer.</summary>
    /// <exception cref="IOException">The gateway refused.</exception>
    public static async Task<Device> ConnectAsync(string host, int port, string clientId)
    {
        var device = new Device();
        try
        {
            await device._socket.ConnectAsync(host, port);
            // Protocol level 4, clean session.
            byte[] packet =
            [
                0x10, (byte)(12 + clientId.Length), 0, 4, .. "MQTT"u8, 4, 2, KeepAliveHigh, KeepAliveLow,
                0, (byte)clientId.Length, .. Encoding.ASCII.GetBytes(clientId),
            ];
            await device._socket.SendAsync(packet);
            var answer = new byte[4];
            var read = 0;
            while (read < answer.Length)
            {
                var more = await device._socket.ReceiveAsync(answer.AsMemory(read));
                if (more == 0) throw new IOException("The gateway closed the connection.");
                read += more;
            }

            if (answer is not [0x20, 2, _, 0]) throw new IOException($"The gateway refused with code {answer[3]}.");
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Ends the connection as a lost network does, without a DISCONNECT.</summary>
    public void Dispose() => _socket.Dispose();
}
