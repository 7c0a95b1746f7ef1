using System.Net;
using Connectivity.Access.Devices;
using Connectivity.Api.Security;
using Connectivity.Domain;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Looks up the credentials of connecting devices. The devices of one source address (IPv6: of its /64 network) share
/// statements: one runs at a time, for all that wait. Where an address fails too often, its statements keep a distance.
/// A right credential is so never refused because of its neighbours', and a flood of wrong ones costs no more than ten
/// statements a second.
/// </summary>
/// <param name="find">For each of the presented, its credential or null.</param>
public sealed class CredentialLookups(
    Account account,
    Func<Account, IReadOnlyList<PresentedCredential>, CancellationToken, Task<DeviceCredential?[]>> find,
    FailureThrottle failures,
    TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    /// <summary>By network; an empty list while a statement runs and no further look-up waits.</summary>
    private readonly Dictionary<IPAddress, List<Lookup>> _waiting = [];

    /// <summary>Returns the first of the presented credentials that is stored, or null.</summary>
    /// <param name="source">The address of the device.</param>
    public Task<DeviceCredential?> FindAsync(
        IPAddress source, IReadOnlyList<PresentedCredential> presented, CancellationToken cancellationToken)
    {
        if (presented.Count == 0) return Task.FromResult<DeviceCredential?>(null);
        var lookup = new Lookup(presented, cancellationToken);
        var network = source.Network();
        bool isRunning;
        lock (_lock)
        {
            isRunning = _waiting.TryGetValue(network, out var waiting);
            if (!isRunning) _waiting[network] = waiting = [];
            waiting!.Add(lookup);
        }

        if (!isRunning) _ = RunAsync(network);
        return lookup.Found.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => failures.Dispose();

    private async Task RunAsync(IPAddress network)
    {
        while (Take(network) is { } lookups)
        {
            try
            {
                if (!await AnswerAsync(network, lookups)) await Task.Delay(Distance, clock);
            }
            catch (Exception exception)
            {
                foreach (var lookup in lookups) lookup.Found.TrySetException(exception);
            }
        }
    }

    private List<Lookup>? Take(IPAddress network)
    {
        lock (_lock)
        {
            var lookups = _waiting[network];
            if (lookups.Count == 0) _waiting.Remove(network);
            else _waiting[network] = [];
            return lookups.Count == 0 ? null : lookups;
        }
    }

    /// <summary>False if the address fails too often.</summary>
    private async Task<bool> AnswerAsync(IPAddress network, List<Lookup> lookups)
    {
        lookups.RemoveAll(lookup => lookup.CancellationToken.IsCancellationRequested);
        using var timeout = new CancellationTokenSource(Timeout, clock);
        var found = await find(account, [.. lookups.SelectMany(lookup => lookup.Presented)], timeout.Token);
        var (next, mayFail) = (0, true);
        foreach (var lookup in lookups)
        {
            var credential = found.AsSpan(next, lookup.Presented.Count).ToArray().FirstOrDefault(one => one is not null);
            next += lookup.Presented.Count;
            if (credential is null) mayFail &= failures.TryFail(network);
            lookup.Found.TrySetResult(credential);
        }

        return mayFail;
    }

    private sealed record Lookup(IReadOnlyList<PresentedCredential> Presented, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<DeviceCredential?> Found { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
