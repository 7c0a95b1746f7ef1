using System.Collections.Frozen;
using Connectivity.Api.Hosting;
using Connectivity.Projections.Throttling;

namespace Connectivity.Api.Throttling;

/// <summary>The limit of each account: its own, or else that of the settings. Read again whenever one changes, on whatever host.</summary>
public sealed class AccountLimits(ThrottleStore store, ConnectivityOptions options)
{
    private volatile FrozenDictionary<(string, string), StoredLimit> _own = FrozenDictionary<(string, string), StoredLimit>.Empty;

    public StoredLimit Of(string accountId, string operationGroup)
    {
        if (_own.TryGetValue((accountId, operationGroup), out var own)) return own;
        var setting = options.Throttling.Of(operationGroup);
        return new StoredLimit(accountId, operationGroup, setting.PerSecond, setting.Burst);
    }

    public async Task LoadAsync(CancellationToken cancellationToken) =>
        _own = (await store.LimitsAsync(cancellationToken)).ToFrozenDictionary(limit => (limit.AccountId, limit.Operations));
}
