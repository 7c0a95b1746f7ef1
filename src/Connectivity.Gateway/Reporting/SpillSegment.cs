using Connectivity.Domain.Lifecycle;
using Microsoft.Win32.SafeHandles;

namespace Connectivity.Gateway.Reporting;

/// <summary>One file of the spill: appended to at its end, handed over from its beginning, and deleted as a whole.</summary>
internal sealed class SpillSegment : IDisposable
{
    /// <summary>Bytes read at once; far above any line.</summary>
    private const int ReadSize = 256 * 1024;

    private readonly string _path;
    private readonly bool _isFromPreviousHost;
    private readonly FileStream _stream;
    private long _acknowledgedLength;
    private long _inFlight;

    private SpillSegment(string path, bool isFromPreviousHost, FileStream stream) => (_path, _isFromPreviousHost, _stream) = (path, isFromPreviousHost, stream);

    private SafeFileHandle Handle => _stream.SafeFileHandle;

    /// <summary>Bytes of whole lines.</summary>
    public long Length { get; private set; }

    public bool IsAcknowledged => _acknowledgedLength == Length;

    public static SpillSegment Create(string path) => new(path, isFromPreviousHost: false, Open(path, FileMode.CreateNew));

    /// <summary>A file that a host before left. A last line that it did not write to its end is none.</summary>
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

    /// <summary>Returns once they are on the disk.</summary>
    /// <exception cref="IOException">They could not be written; what was before is untouched.</exception>
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
            // A part of them must not be taken for what is written there next.
            RandomAccess.SetLength(Handle, Length);
            throw;
        }
    }

    /// <summary>
    /// The oldest reports of one age that were not handed over, which are under way from now on; none where no line can be read. The connections
    /// of a host before are not open any more: what it reported again of those must fit the thing's present life as everything else.
    /// </summary>
    public List<PendingEvent> Take(int count, out int unreadable)
    {
        var buffer = new byte[Math.Min(Length - _acknowledgedLength, ReadSize)];
        var rest = buffer.AsSpan(0, RandomAccess.Read(Handle, buffer, _acknowledgedLength));
        var events = new List<PendingEvent>();
        (_inFlight, unreadable) = (_acknowledgedLength, 0);
        for (int end; events.Count < count && (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            if (SpilledEvent.Read(rest[..end]) is not { } pending) unreadable++;
            else if (events.Count > 0 && !_isFromPreviousHost && pending.Backdating != events[0].Backdating) break;
            else events.Add(_isFromPreviousHost ? new PendingEvent(pending.Event, Backdating.Disallowed, fromPreviousHost: true) : pending);
            _inFlight += end + 1;
        }

        // Not a single line: the file is not what was written.
        if (_inFlight == _acknowledgedLength) (_inFlight, unreadable) = (Length, 1);
        return events;
    }

    /// <summary>All of it is under way already.</summary>
    public void TakeAll() => _inFlight = Length;

    /// <summary>What is under way was handed over.</summary>
    public void Acknowledge() => _acknowledgedLength = _inFlight;

    /// <summary>Lines that were not handed over.</summary>
    public long CountLeft()
    {
        var (count, buffer) = (0L, new byte[ReadSize]);
        for (var position = _acknowledgedLength; position < Length;)
        {
            var read = RandomAccess.Read(Handle, buffer.AsSpan(0, (int)Math.Min(ReadSize, Length - position)), position);
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

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        // It holds the addresses of devices.
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
