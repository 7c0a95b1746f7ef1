using System.Globalization;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// The lifecycle events that wait for the sink on disk, in the order they happened: files that are deleted once they are handed over. A host that
/// ends leaves them to the next one on the directory. Of one thread at a time.
/// </summary>
internal sealed class EventSpill : IDisposable
{
    private const long LargestSegment = 8 * 1024 * 1024;
    private const string Extension = ".jsonl";

    /// <summary>Hosts on one directory at a time; more are a mistake.</summary>
    private const int MostHosts = 64;

    private readonly string _directory;
    private readonly long _maximumBytes;
    private readonly FileStream _lock;
    private readonly Queue<SpillSegment> _segments = new();
    private SpillSegment? _newest;
    private SpillSegment? _inFlight;
    private long _number;
    private long _bytes;

    private EventSpill(string directory, long maximumBytes, FileStream held) => (_directory, _maximumBytes, _lock) = (directory, maximumBytes, held);

    public bool IsEmpty => _segments.Count == 0;

    /// <summary>Bytes of the files.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// Opens the first folder of the directory that no other host has, made where it is missing: hosts that are started again, as many as before,
    /// find all that was left.
    /// </summary>
    /// <exception cref="IOException">It can't be had.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be had.</exception>
    public static EventSpill Open(string directory, long maximumBytes)
    {
        for (var host = 1; ; host++)
        {
            var own = Path.Combine(directory, host.ToString(CultureInfo.InvariantCulture));
            MakePrivate(directory);
            MakePrivate(own);
            FileStream held;
            try
            {
                var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                held = new FileStream(Path.Combine(own, "lock"), options);
            }
            catch (IOException) when (host < MostHosts)
            {
                continue;
            }

            var spill = new EventSpill(own, maximumBytes, held);
            spill.OpenExisting();
            return spill;
        }
    }

    /// <summary>
    /// Returns once they are on the disk. Where they would be more than the maximum, the oldest events are given up for them, a file at a time: the
    /// newer ones tell what is true now.
    /// </summary>
    /// <param name="inFlight">They are being handed over already, and nothing else is here.</param>
    /// <returns>How many events were given up.</returns>
    /// <exception cref="IOException">They could not be written, and are not here.</exception>
    public long Append(IReadOnlyCollection<PendingEvent> events, bool inFlight = false)
    {
        var lines = SpilledEvent.ToLines(events);
        var lost = 0L;
        while (_segments.TryPeek(out var oldest) && _bytes + lines.Length > _maximumBytes)
        {
            lost += oldest.CountLeft();
            RemoveOldest();
        }

        if (_newest is null || _newest.Length + lines.Length > Math.Min(LargestSegment, _maximumBytes / 4)) Begin();
        _newest!.Append(lines);
        Interlocked.Add(ref _bytes, lines.Length);
        if (inFlight) (_inFlight = _newest).TakeAll();
        return lost;
    }

    /// <summary>The oldest events of one age, which are under way from now on. None only where nothing readable is left.</summary>
    /// <exception cref="IOException">The oldest file can't be read; <see cref="Skip"/> goes on behind it.</exception>
    public List<PendingEvent> Take(int count, out int unreadable)
    {
        unreadable = 0;
        while (_segments.TryPeek(out _inFlight))
        {
            if (!_inFlight.IsAcknowledged)
            {
                var events = _inFlight.Take(count, out var bad);
                unreadable += bad;
                if (events.Count > 0) return events;
                _inFlight.Acknowledge();
            }

            if (_inFlight.IsAcknowledged) RemoveOldest();
        }

        return [];
    }

    /// <summary>What is under way was handed over.</summary>
    public void Acknowledge()
    {
        // Another file is the oldest where this one was given up meanwhile.
        if (!_segments.TryPeek(out var oldest) || oldest != _inFlight) return;
        oldest.Acknowledge();
        if (oldest.IsAcknowledged) RemoveOldest();
    }

    /// <summary>Leaves the oldest file where it is, for the next start, and forgets it.</summary>
    public void Skip() => Forget().Dispose();

    public void Dispose()
    {
        foreach (var segment in _segments) segment.Dispose();
        _lock.Dispose();
    }

    /// <summary>Each by itself: those above it that are missing get the usual rights.</summary>
    private static void MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void OpenExisting()
    {
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (!long.TryParse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture, out var number)) continue;
            _number = number;
            var segment = SpillSegment.OpenExisting(path);
            _segments.Enqueue(segment);
            _bytes += segment.Length;
        }
    }

    private void Begin()
    {
        _newest = SpillSegment.Create(Path.Combine(_directory, (++_number).ToString("D12", CultureInfo.InvariantCulture) + Extension));
        _segments.Enqueue(_newest);
    }

    private void RemoveOldest()
    {
        try
        {
            Forget().Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays, and is handed over once more by the next host: harmless.
        }
    }

    private SpillSegment Forget()
    {
        var oldest = _segments.Dequeue();
        Interlocked.Add(ref _bytes, -oldest.Length);
        if (oldest == _newest) _newest = null;
        return oldest;
    }
}
