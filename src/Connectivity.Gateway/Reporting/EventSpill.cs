using System.Globalization;
using Connectivity.Files;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// The lifecycle events that wait for the sink on disk, in the order of their occurrence: files that are deleted once
/// they are delivered. A host that ends leaves them to the next host on the directory. Not thread-safe.
/// </summary>
internal sealed class EventSpill : IDisposable
{
    private const long MaximumSegmentSize = 8 * 1024 * 1024;
    private const string Extension = ".jsonl";
    private const string RejectedFile = "rejected";

    /// <summary>Hosts on one directory at a time; more indicate a configuration error.</summary>
    private const int MaximumHosts = 64;

    private readonly string _directory;
    private readonly long _maximumBytes;
    private readonly FileStream _lock;
    private readonly Queue<SpillSegment> _segments = new();
    private SpillSegment? _newest;
    private SpillSegment? _inFlight;
    private long _number;
    private long _bytes;
    private volatile int _previous;

    private EventSpill(string directory, long maximumBytes, FileStream held) =>
        (_directory, _maximumBytes, _lock) = (directory, maximumBytes, held);

    public bool IsEmpty => _segments.Count == 0;

    /// <summary>Whether files of a previous host are among them. Any thread may ask.</summary>
    public bool HasPrevious => _previous > 0;

    /// <summary>Bytes of the files.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// Opens the first folder of the directory that no other host has locked, and creates it if it is missing: after a
    /// restart of the same number of hosts, every folder is opened again.
    /// </summary>
    /// <exception cref="IOException">The folder can't be created or locked.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be created or locked.</exception>
    public static EventSpill Open(string directory, long maximumBytes)
    {
        for (var host = 1; ; host++)
        {
            var own = Path.Combine(directory, host.ToString(CultureInfo.InvariantCulture));
            // One directory at a time: missing directories above would get the usual rights.
            PrivateFiles.CreateDirectory(directory);
            PrivateFiles.CreateDirectory(own);
            if (LockFile.TryAcquire(Path.Combine(own, "lock")) is not { } held)
            {
                if (host == MaximumHosts) throw new IOException($"{MaximumHosts} hosts use the spill directory.");
                continue;
            }

            var spill = new EventSpill(own, maximumBytes, held);
            spill.OpenExisting();
            return spill;
        }
    }

    /// <summary>
    /// Returns once the events are flushed to disk. If they exceed the maximum, the oldest events are dropped, a file
    /// at a time, because the newer ones describe the current state.
    /// </summary>
    /// <param name="inFlight">They are already being delivered, and the spill is empty.</param>
    /// <returns>The number of dropped events.</returns>
    /// <exception cref="IOException">The events could not be written; the spill is unchanged.</exception>
    public long Append(IReadOnlyCollection<PendingEvent> events, bool inFlight = false)
    {
        var lines = SpilledEvent.ToLines(events);
        var lost = 0L;
        while (_segments.TryPeek(out var oldest) && _bytes + lines.Length > _maximumBytes)
        {
            lost += oldest.CountUndelivered();
            RemoveOldest();
        }

        if (_newest is null || _newest.Length + lines.Length > Math.Min(MaximumSegmentSize, _maximumBytes / 4)) Begin();
        _newest!.Append(lines);
        Interlocked.Add(ref _bytes, lines.Length);
        if (inFlight) (_inFlight = _newest).TakeAll();
        return lost;
    }

    /// <summary>
    /// Returns the oldest events of one <see cref="PendingEvent.Backdating"/>, which are in flight from now on. Empty
    /// only if nothing readable is left.
    /// </summary>
    /// <exception cref="IOException">
    /// The oldest file can't be read; <see cref="Skip"/> continues with the next.
    /// </exception>
    public List<PendingEvent> Take(int count, out int unreadable)
    {
        unreadable = 0;
        while (_segments.TryPeek(out _inFlight))
        {
            if (!_inFlight.IsAcknowledged)
            {
                var events = _inFlight.Take(count, out var rejected);
                unreadable += rejected.Count;
                if (rejected.Count > 0) SetAside(rejected);
                if (events.Count > 0) return events;
                _inFlight.Acknowledge();
            }

            if (_inFlight.IsAcknowledged) RemoveOldest();
        }

        return [];
    }

    /// <summary>The events in flight have been delivered.</summary>
    public void Acknowledge()
    {
        // The file was dropped in the meantime if another one is the oldest now.
        if (!_segments.TryPeek(out var oldest) || oldest != _inFlight) return;
        oldest.Acknowledge();
        if (oldest.IsAcknowledged) RemoveOldest();
    }

    /// <summary>Keeps the oldest file for the next start, and removes it from the queue.</summary>
    public void Skip() => Dequeue().Dispose();

    public void Dispose()
    {
        foreach (var segment in _segments) segment.Dispose();
        _lock.Dispose();
    }

    /// <summary>Lines that are not events are kept for a person to look at; no other event waits for them.</summary>
    private void SetAside(List<byte[]> lines)
    {
        using var file = PrivateFiles.Open(Path.Combine(_directory, RejectedFile), FileMode.OpenOrCreate, FileShare.Read);
        file.Seek(0, SeekOrigin.End);
        foreach (var line in lines)
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
        }

        file.Flush(flushToDisk: true);
    }

    private void OpenExisting()
    {
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (!long.TryParse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture, out var number))
                continue;
            _number = number;
            var segment = SpillSegment.OpenExisting(path);
            _segments.Enqueue(segment);
            _previous++;
            _bytes += segment.Length;
        }
    }

    private void Begin()
    {
        _newest = SpillSegment.Create(
            Path.Combine(_directory, (++_number).ToString("D12", CultureInfo.InvariantCulture) + Extension));
        _segments.Enqueue(_newest);
    }

    private void RemoveOldest()
    {
        try
        {
            Dequeue().Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next host delivers the file again, which is harmless: stored events are recognised as duplicates.
        }
    }

    private SpillSegment Dequeue()
    {
        var oldest = _segments.Dequeue();
        Interlocked.Add(ref _bytes, -oldest.Length);
        if (oldest == _newest) _newest = null;
        if (oldest.IsFromPreviousHost) _previous--;
        return oldest;
    }
}
