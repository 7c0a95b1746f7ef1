using System.Buffers.Text;
using System.Text;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>Writes a JSON array of lifecycle events into a buffer, without other objects.</summary>
/// <param name="buffer">Of <see cref="MaximumLength"/> bytes.</param>
public ref struct EventBody(Span<byte> buffer)
{
    private const int MaximumLengthOfEvent = 512;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>Characters of the principal, as of a certificate's id.</summary>
    private static ReadOnlySpan<byte> Principal => "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"u8;

    public static int MaximumLength(int events) => 2 + events * MaximumLengthOfEvent;

    /// <param name="version">Of the event's connection; its session identifier contains it too.</param>
    /// <param name="time">Unix milliseconds.</param>
    public void Add(string thingName, bool isConnect, long version, long time)
    {
        Append(_length == 0 ? "[{\"clientId\":\""u8 : ",{\"clientId\":\""u8);
        _length += Encoding.ASCII.GetBytes(thingName, _buffer[_length..]);
        Append(isConnect ? "\",\"eventType\":\"connected\",\"timestamp\":"u8
            : "\",\"eventType\":\"disconnected\",\"disconnectReason\":\"CONNECTION_LOST\",\"timestamp\":"u8);
        Append(time);
        Append(",\"sessionIdentifier\":\"e4f5b1c0-5c1e-4b6e-9a51-"u8);
        Append(version);
        Append("\",\"versionNumber\":"u8);
        Append(version);
        Append(",\"principalIdentifier\":\""u8);
        Append(Principal);
        Append("\",\"keepAliveDuration\":60,\"cleanSession\":true,\"sourceIp\":\"127.0.0.1\",\"sourcePort\":40000}"u8);
    }

    public Span<byte> Finish()
    {
        Append("]"u8);
        return _buffer[.._length];
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    private void Append(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer[_length..], out var written);
        _length += written;
    }
}
