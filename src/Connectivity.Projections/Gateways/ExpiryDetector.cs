namespace Connectivity.Projections.Gateways;

/// <summary>
/// Detects expired leases, from the view of one host. Only time in which the database answered this host without
/// interruption counts: nodes can't renew their leases during an outage, and it must not end their sessions.
/// </summary>
/// <param name="lease">The duration of a lease that is not renewed.</param>
/// <param name="longestGap">Between two readings; after a longer gap detection starts again.</param>
public sealed class ExpiryDetector(TimeSpan lease, TimeSpan longestGap)
{
    private readonly Dictionary<string, (DateTimeOffset RenewedAt, DateTimeOffset Since)> _seen = [];
    private DateTimeOffset? _last;

    /// <summary>The database did not answer.</summary>
    public void Interrupt() => _last = null;

    /// <summary>The nodes that have not renewed their lease for its whole duration.</summary>
    public IReadOnlyList<NodeLease> Expired(LeaseSnapshot snapshot)
    {
        // Live nodes may not have reached a server that has just started.
        if (_last is not { } last || snapshot.Now < last || snapshot.Now - last > longestGap
            || snapshot.Now - snapshot.ServerStartedAt < lease)
            _seen.Clear();
        _last = snapshot.Now;
        foreach (var gone in _seen.Keys.Except(snapshot.Nodes.Select(node => node.NodeId)).ToList())
            _seen.Remove(gone);

        var expired = new List<NodeLease>();
        foreach (var node in snapshot.Nodes)
        {
            if (node.IsExpired) continue;
            if (!_seen.TryGetValue(node.NodeId, out var seen) || seen.RenewedAt != node.RenewedAt)
                _seen[node.NodeId] = (node.RenewedAt, snapshot.Now);
            else if (snapshot.Now - seen.Since >= lease)
                expired.Add(node);
        }

        return expired;
    }
}
