using System.Text.Json;
using Connectivity.Chaos.Tests.Processes;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>
/// Follows the change feed on any of the hosts, from its start. It keeps its place as any consumer does, comes back
/// after an error, and now and then at an earlier place, of which it then expects the same events again.
/// </summary>
public sealed class ChangeFollower : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private readonly IReadOnlyList<ChaosHost> _hosts;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string Cursor, Guid EventId)> _seen = [];
    private readonly Task _work;

    private ChangeFollower(IReadOnlyList<ChaosHost> hosts, int seed)
    {
        (_hosts, _random) = (hosts, new Random(seed));
        _work = Task.Run(FollowAsync);
    }

    /// <summary>The ids of all events, in the order in which they were followed.</summary>
    public IReadOnlyList<Guid> EventIds
    {
        get
        {
            lock (_seen) return [.. _seen.Select(seen => seen.EventId)];
        }
    }

    public static ChangeFollower Start(IReadOnlyList<ChaosHost> hosts, int seed) => new(hosts, seed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ReplayAsync(_hosts[_random.Next(_hosts.Count)]);
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException
                or OperationCanceledException)
            {
                // The host or its database is away, or the answer was cut off.
            }

            await Task.Delay(RetryDelay);
        }
    }

    private async Task ReplayAsync(ChaosHost host)
    {
        if (host.Client is not { } client) return;
        await foreach (var line in client.ChangesAsync(Place()))
        {
            if (!line.TryGetProperty("event", out var followed)) return;
            lock (_seen)
                _seen.Add((line.GetProperty("cursor").GetString()!, followed.GetProperty("eventId").GetGuid()));
        }
    }

    /// <summary>Mostly behind the last event.</summary>
    private string Place()
    {
        lock (_seen)
        {
            var last = _random.Next(10) == 0 ? _random.Next(_seen.Count + 1) : _seen.Count;
            _seen.RemoveRange(last, _seen.Count - last);
            return _seen.Count == 0 ? "start" : _seen[^1].Cursor;
        }
    }
}
