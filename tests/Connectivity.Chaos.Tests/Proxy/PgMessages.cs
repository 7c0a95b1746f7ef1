using System.Buffers.Binary;
using System.Text;

namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>One complete message of PostgreSQL's protocol. Valid until the next is read.</summary>
/// <param name="Type">Its type byte; 0 for the first message of a connection, which has none.</param>
internal readonly record struct PgMessage(char Type, ReadOnlyMemory<byte> Whole)
{
    public ReadOnlySpan<byte> Body => Whole.Span[(Type == 0 ? 4 : 5)..];

    /// <summary>The zero-terminated text at this offset of the body; moves the offset behind it.</summary>
    public string Text(ref int at)
    {
        var rest = Body[at..];
        var length = rest.IndexOf((byte)0);
        at += length + 1;
        return Encoding.UTF8.GetString(rest[..length]);
    }
}

/// <summary>Reads messages from a stream.</summary>
internal sealed class PgReader(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the buffer is empty, so that reading on would wait.</summary>
    public bool IsDry => _start == _end;

    /// <summary>The next message, or null when the peer has closed the connection.</summary>
    /// <param name="first">The first message of a connection has no type byte.</param>
    public async ValueTask<PgMessage?> ReadAsync(bool first, CancellationToken ct)
    {
        var letter = first ? 0 : 1;
        if (!await FillAsync(letter + 4, ct)) return null;
        var length = letter + BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + letter));
        if (!await FillAsync(length, ct)) return null;
        var whole = _buffer.AsMemory(_start, length);
        _start += length;
        return new PgMessage(first ? '\0' : (char)whole.Span[0], whole);
    }

    private async ValueTask<bool> FillAsync(int wanted, CancellationToken ct)
    {
        if (_start + wanted > _buffer.Length)
        {
            var target = wanted > _buffer.Length ? new byte[wanted * 2] : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            (_buffer, _end, _start) = (target, _end - _start, 0);
        }

        while (_end - _start < wanted)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
            if (read == 0) return false;
            _end += read;
        }

        return true;
    }
}

/// <summary>Messages that the proxy makes itself.</summary>
internal static class PgWriter
{
    /// <summary>Query: the client runs one statement.</summary>
    public static byte[] Query(string sql) => Message('Q', Encoding.UTF8.GetBytes(sql + "\0"));

    /// <summary>ErrorResponse, of the server.</summary>
    public static byte[] Error(string sqlState, string severity) => Message('E', Encoding.UTF8.GetBytes(
        $"S{severity}\0V{severity}\0C{sqlState}\0Minjected\0\0"));

    /// <summary>ReadyForQuery, of the server, outside any transaction.</summary>
    public static byte[] Ready() => Message('Z', "I"u8);

    private static byte[] Message(char type, ReadOnlySpan<byte> body)
    {
        var message = new byte[5 + body.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message.AsSpan(5));
        return message;
    }
}
