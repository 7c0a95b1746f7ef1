using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>Several clients that post what a fleet does, to any of the hosts, and send again what was not acknowledged.</summary>
public sealed class Senders : IAsyncDisposable
{
    private const int MostInOneRequest = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DrainsWithin = TimeSpan.FromSeconds(60);

    private readonly Fleet _fleet;
    private readonly Ledger _ledger;
    private readonly IReadOnlyList<ChaosHost> _hosts;
    private readonly int _mostEvents;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private volatile bool _generating = true;
    private volatile bool _paused;
    private int _generated;

    private Senders(Fleet fleet, Ledger ledger, IReadOnlyList<ChaosHost> hosts, int clients, int mostEvents, int seed)
    {
        (_fleet, _ledger, _hosts, _mostEvents) = (fleet, ledger, hosts, mostEvents);
        _work = Task.WhenAll(Enumerable.Range(0, clients).Select(i => Task.Run(() => SendAsync(new Random(seed + i)))));
    }

    /// <param name="mostEvents">After so many the fleet rests.</param>
    public static Senders Start(Fleet fleet, Ledger ledger, IReadOnlyList<ChaosHost> hosts, int seed, int clients = 4, int mostEvents = 3_000) =>
        new(fleet, ledger, hosts, clients, mostEvents, seed);

    /// <summary>The fleet rests, and no request is on its way: what has not been acknowledged may or may not be stored.</summary>
    public async Task PauseAsync()
    {
        _generating = false;
        _paused = true;
        await Eventually.Is(() => _ledger.IsQuiet || _work.IsFaulted, DrainsWithin, "no request is on its way");
        if (_work.IsFaulted) await _work;
    }

    /// <summary>The fleet rests, and everything that no sender has forgotten is acknowledged.</summary>
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
            if (_generating && Volatile.Read(ref _generated) < _mostEvents)
            {
                var next = _fleet.Next();
                Interlocked.Add(ref _generated, next.Count);
                _ledger.Add(next);
            }

            if (_hosts[random.Next(_hosts.Count)].Client is not { } client || _paused || _ledger.Take(1 + random.Next(MostInOneRequest)) is not { Count: > 0 } batch)
            {
                await Task.Delay(Pause).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var sentAt = Stopwatch.GetTimestamp();
            try
            {
                _ledger.Answered(batch, await client.PostAsync([.. batch.Select(sent => sent.Report.Event)]), sentAt);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                _ledger.Unanswered(batch, exception);
                await Task.Delay(Pause);
            }
        }
    }
}
