namespace Connectivity.Projections.Gateways;

/// <summary>
/// Which leases have lapsed, as one node sees it. Only time counts in which the database answered this node without a break: what
/// a node that can't reach the database does not renew is no sign of its death, and an outage kills no live session.
/// </summary>
/// <param name="lease">How long a node may go without renewing.</param>
/// <param name="longestGap">Between two readings; after a longer one everything is seen as for the first time.</param>
public sealed class ExpiryDetector(TimeSpan lease, TimeSpan longestGap)
{
    private readonly Dictionary<string, (DateTimeOffset RenewedAt, DateTimeOffset Since)> _seen = [];
    private DateTimeOffset? _last;

    /// <summary>The database did not answer.</summary>
    public void Interrupt() => _last = null;

    /// <summary>The nodes that have not renewed their lease for as long as it lasts.</summary>
    public IReadOnlyList<NodeLease> Expired(LeaseSnapshot snapshot)
    {
        // A server that has just started may not have heard of anybody yet.
        if (_last is not { } last || snapshot.Now < last || snapshot.Now - last > longestGap || snapshot.Now - snapshot.ServerStartedAt < lease)
            _seen.Clear();
        _last = snapshot.Now;
        foreach (var gone in _seen.Keys.Except(snapshot.Others.Select(node => node.NodeId)).ToList()) _seen.Remove(gone);

        var expired = new List<NodeLease>();
        foreach (var node in snapshot.Others)
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
