using System.Collections.Frozen;

namespace Connectivity.Access.Limits;

/// <summary>
/// The limit of each account: its own, or else that of the settings. Loaded again whenever a limit changes on any host.
/// </summary>
public sealed class AccountLimits(ThrottleStore store, ThrottlingOptions options)
{
    private volatile FrozenDictionary<(string, string), StoredLimit> _own =
        FrozenDictionary<(string, string), StoredLimit>.Empty;

    public StoredLimit Of(string accountId, string operationGroup)
    {
        if (_own.TryGetValue((accountId, operationGroup), out var own)) return own;
        var setting = options.Of(operationGroup);
        return new StoredLimit(accountId, operationGroup, setting.PerSecond, setting.Burst);
    }

    public async Task LoadAsync(CancellationToken cancellationToken) =>
        _own = (await store.LimitsAsync(cancellationToken))
            .ToFrozenDictionary(limit => (limit.AccountId, limit.Operations));
}
