using Connectivity.Domain.Lifecycle;
using Connectivity.Files;
using Microsoft.Win32.SafeHandles;

namespace Connectivity.Gateway.Reporting;

/// <summary>One file of the spill: written at its end, delivered from its beginning, and deleted as a whole.</summary>
internal sealed class SpillSegment : IDisposable
{
    /// <summary>Bytes read at once; far more than the longest line.</summary>
    private const int ReadSize = 256 * 1024;

    private readonly string _path;
    private readonly FileStream _stream;
    private long _acknowledgedLength;
    private long _inFlight;

    private SpillSegment(string path, bool isFromPreviousHost, FileStream stream) =>
        (_path, IsFromPreviousHost, _stream) = (path, isFromPreviousHost, stream);

    public bool IsFromPreviousHost { get; }

    private SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Bytes of complete lines.</summary>
    public long Length { get; private set; }

    public bool IsAcknowledged => _acknowledgedLength == Length;

    public static SpillSegment Create(string path) =>
        new(path, isFromPreviousHost: false, Open(path, FileMode.CreateNew));

    /// <summary>Opens a file that a previous host left. An incomplete last line is ignored.</summary>
    public static SpillSegment OpenExisting(string path)
    {
        var segment = new SpillSegment(path, isFromPreviousHost: true, Open(path, FileMode.Open));
        var size = RandomAccess.GetLength(segment.Handle);
        var tail = new byte[Math.Min(size, ReadSize)];
        var read = RandomAccess.Read(segment.Handle, tail, size - tail.Length);
        var end = tail.AsSpan(0, read).LastIndexOf((byte)'\n');
        segment.Length = end < 0 ? 0 : size - tail.Length + end + 1;
        return segment;
    }

    /// <summary>Returns once the lines are flushed to disk.</summary>
    /// <exception cref="IOException">The lines could not be written; the earlier ones are unchanged.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            RandomAccess.Write(Handle, lines, Length);
            RandomAccess.FlushToDisk(Handle);
            Length += lines.Length;
        }
        catch
        {
            // A partial line must not mix with what is written there next.
            RandomAccess.SetLength(Handle, Length);
            throw;
        }
    }

    /// <summary>
    /// Returns the oldest undelivered events of one <see cref="Backdating"/>, which are in flight from now on; empty if
    /// no line can be read. The connections of a previous host are no longer open, so that its re-announced connects
    /// are checked against the thing's indexed period like any other event.
    /// </summary>
    /// <param name="rejected">The lines between them that are not events.</param>
    public List<PendingEvent> Take(int count, out List<byte[]> rejected)
    {
        var buffer = new byte[Math.Min(Length - _acknowledgedLength, ReadSize)];
        var rest = buffer.AsSpan(0, RandomAccess.Read(Handle, buffer, _acknowledgedLength));
        var events = new List<PendingEvent>();
        (_inFlight, rejected) = (_acknowledgedLength, []);
        for (int end; events.Count < count && (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            if (SpilledEvent.Read(rest[..end]) is not { } pending) rejected.Add(rest[..end].ToArray());
            else if (events.Count > 0 && !IsFromPreviousHost && pending.Backdating != events[0].Backdating) break;
            else if (!IsFromPreviousHost) events.Add(pending);
            else events.Add(new PendingEvent(pending.Event, Backdating.Disallowed, fromPreviousHost: true));
            _inFlight += end + 1;
        }

        // There is no complete line in the buffer: the file is corrupt.
        if (_inFlight == _acknowledgedLength)
        {
            _inFlight = Length;
            rejected.Add(buffer);
        }

        return events;
    }

    /// <summary>The whole file is already in flight.</summary>
    public void TakeAll() => _inFlight = Length;

    /// <summary>The events in flight have been delivered.</summary>
    public void Acknowledge() => _acknowledgedLength = _inFlight;

    /// <summary>Returns the number of undelivered lines.</summary>
    public long CountUndelivered()
    {
        var (count, buffer) = (0L, new byte[ReadSize]);
        for (var position = _acknowledgedLength; position < Length;)
        {
            var read = RandomAccess.Read(
                Handle, buffer.AsSpan(0, (int)Math.Min(ReadSize, Length - position)), position);
            if (read == 0) break;
            count += buffer.AsSpan(0, read).Count((byte)'\n');
            position += read;
        }

        return count;
    }

    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The file contains addresses of devices.</summary>
    private static FileStream Open(string path, FileMode mode) => PrivateFiles.Open(path, mode, FileShare.Read, bufferSize: 0);
}
