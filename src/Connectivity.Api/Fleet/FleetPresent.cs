using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Projections.Fleet;

namespace Connectivity.Api.Fleet;

/// <summary>The present states of fleets, shared for two seconds by those who ask for them.</summary>
public sealed class FleetPresent(FleetHistory history, TimeProvider clock)
{
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Account, (DateTimeOffset At, FleetStates? States)> _states = new();

    /// <summary>Null while connectivity indexing is off.</summary>
    public async Task<FleetStates?> StatesAsync(Account account, CancellationToken cancellationToken) =>
        (await WithTimeAsync(account, cancellationToken)).States;

    /// <summary>The states, and when they were read.</summary>
    public async Task<(DateTimeOffset At, FleetStates? States)> WithTimeAsync(
        Account account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_states.TryGetValue(account, out var known) && known.States is not null
            && now - known.At < Shared && now >= known.At)
            return known;
        var read = (now, await history.StatesAsync(account, cancellationToken));
        _states[account] = read;
        return read;
    }
}
