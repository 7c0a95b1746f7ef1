using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>Queues with a spill in a temporary directory.</summary>
public abstract class SpillTest : IDisposable
{
    private protected const long Megabyte = 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("connectivity-test-").FullName;
    private readonly List<EventSpill> _open = [];

    private protected RecordingLogger Log { get; } = new();

    private protected string Spill => Path.Combine(_directory, "spill");

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected EventQueue Queue(int capacity = 100_000) => new(capacity, Log, () =>
    {
        var spill = EventSpill.Open(Spill, Megabyte);
        _open.Add(spill);
        return spill;
    });

    /// <summary>Closes the files, as the operating system does after a kill.</summary>
    private protected void Kill()
    {
        foreach (var spill in _open) spill.Dispose();
    }

    private protected string[] Files() => Directory.GetFiles(Spill, "*.jsonl", SearchOption.AllDirectories);

    private protected static void Add(EventQueue queue, int from, int to)
    {
        for (var number = from; number < to; number++) queue.Add(Connect(number), Backdating.Disallowed);
    }

    private protected static async Task<List<int>> DrainNumbersAsync(EventQueue queue)
    {
        var numbers = Numbers(await queue.DrainAsync());
        queue.End();
        return numbers;
    }

    private protected static List<int> Numbers(IReadOnlyList<PendingEvent> events) =>
        [.. events.Select(pending => (int)pending.Event.Connection.VersionNumber)];

    private protected static ThingConnected Connect(long number) => new(
        "pump", new ConnectionKey("gateway", "session", number),
        DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000), null,
        new SessionDetails(60, true, 0), new SocketInformation("192.0.2.7", 50123, "198.51.100.9", 8883, null));
}
