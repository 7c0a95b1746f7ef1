using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>
/// Several clients that post the events of a fleet to any of the hosts, and send again what was not acknowledged.
/// </summary>
public sealed class Senders : IAsyncDisposable
{
    private const int MostInOneRequest = 6;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DrainsWithin = TimeSpan.FromSeconds(60);

    private readonly Fleet? _fleet;
    private readonly Ledger _ledger;
    private readonly IReadOnlyList<ChaosHost> _hosts;
    private readonly SendersOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private volatile bool _generating = true;
    private volatile bool _paused;
    private int _generated;

    private Senders(Fleet? fleet, Ledger ledger, IReadOnlyList<ChaosHost> hosts, int seed, SendersOptions options)
    {
        (_fleet, _ledger, _hosts, _options) = (fleet, ledger, hosts, options);
        var clients = Enumerable.Range(0, options.Clients);
        _work = Task.WhenAll(clients.Select(i => Task.Run(() => SendAsync(new Random(seed + i)))));
    }

    /// <param name="fleet">Null where the ledger already contains all events.</param>
    public static Senders Start(
        Fleet? fleet, Ledger ledger, IReadOnlyList<ChaosHost> hosts, int seed, SendersOptions? options = null) =>
        new(fleet, ledger, hosts, seed, options ?? new SendersOptions());

    /// <summary>
    /// Stops the fleet, and waits until no request is in flight: what is not acknowledged may or may not be stored.
    /// </summary>
    public async Task PauseAsync()
    {
        _generating = false;
        _paused = true;
        await Eventually.Is(() => _ledger.IsQuiet || _work.IsFaulted, DrainsWithin, "no request is in flight");
        if (_work.IsFaulted) await _work;
    }

    /// <summary>Stops the fleet, and waits until every event is acknowledged or forgotten by its sender.</summary>
    public async Task DrainAsync()
    {
        _generating = false;
        _paused = false;
        await Eventually.Is(() => _ledger.IsDrained || _work.IsFaulted, DrainsWithin, "everything is acknowledged");
        if (_work.IsFaulted) await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task SendAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_generating && _fleet is not null && Volatile.Read(ref _generated) < _options.MostEvents)
            {
                var next = _fleet.Next();
                Interlocked.Add(ref _generated, next.Count);
                _ledger.Add(next, _options.Copies);
            }

            if (_paused || _hosts[random.Next(_hosts.Count)].Client is not { } client
                || _ledger.Take(1 + random.Next(MostInOneRequest)) is not { Count: > 0 } batch)
            {
                await Task.Delay(RetryDelay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var events = batch.ConvertAll(sent => sent.Report.Event);
            var sentAt = Stopwatch.GetTimestamp();
            try
            {
                var results = await client.PostAsync(events, _options.Import, TimeoutOf(random));
                _ledger.Answered(batch, results, sentAt);
            }
            catch (Exception exception) when (exception
                is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                _ledger.Unanswered(batch, exception);
                await Task.Delay(RetryDelay);
            }
        }
    }

    /// <summary>A client that leaves does not get the outcomes of its events.</summary>
    private TimeSpan? TimeoutOf(Random random) =>
        _options.Leaving && random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 30)) : null;
}

/// <param name="MostEvents">The number of events after which the fleet stops.</param>
/// <param name="Copies">How often each event is sent, even where it was acknowledged.</param>
/// <param name="Import">Whether the events may be of any age.</param>
/// <param name="Leaving">Whether some clients leave before they are answered.</param>
public sealed record SendersOptions(
    int Clients = 4, int MostEvents = 3_000, int Copies = 1, bool Import = false, bool Leaving = false);
