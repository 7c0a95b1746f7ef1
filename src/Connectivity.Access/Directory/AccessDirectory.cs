using System.Collections.Frozen;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Access.Policies;
using Connectivity.Access.Telemetry;
using Connectivity.Aws.Policies;
using Microsoft.Extensions.Logging;

namespace Connectivity.Access.Directory;

/// <summary>
/// Every access key with its user's policies, in memory: an unknown key is refused without a database query. Loaded
/// when the host starts and whenever access changes on any host.
/// </summary>
public sealed class AccessDirectory(
    AccessKeyStore keys, UserPolicyStore policies, AccountLimits limits, ISecretEncryption encryption,
    ILogger<AccessDirectory> logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile FrozenDictionary<string, AccessKey> _keys = FrozenDictionary<string, AccessKey>.Empty;

    /// <summary>The key with this id, or null where it does not exist or is disabled.</summary>
    public AccessKey? Find(string accessKeyId) => _keys.GetValueOrDefault(accessKeyId);

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await limits.LoadAsync(cancellationToken);
            var users = (await policies.ListAsync(cancellationToken))
                .ToLookup(policy => (policy.AccountId, policy.UserName));
            var attached = new Dictionary<(string, string), IReadOnlyList<AttachedPolicy>>();
            var loaded = new Dictionary<string, AccessKey>();
            foreach (var stored in await keys.ListAsync(cancellationToken))
            {
                if (!stored.IsEnabled) continue;
                var user = (stored.AccountId, stored.UserName);
                if (!attached.TryGetValue(user, out var ofUser)) attached.Add(user, ofUser = Read(users[user]));
                loaded.Add(stored.AccessKeyId, ToKey(stored, ofUser));
            }

            _keys = loaded.ToFrozenDictionary();
        }
        finally
        {
            _turn.Release();
        }
    }

    private AccessKey ToKey(StoredAccessKey stored, IReadOnlyList<AttachedPolicy> attached)
    {
        var secret = encryption.Decrypt(stored.EncryptedSecret);
        if (secret is null) logger.UndecryptableSecret(stored.AccessKeyId);
        return new AccessKey(stored, attached, secret);
    }

    private IReadOnlyList<AttachedPolicy> Read(IEnumerable<StoredPolicy> stored)
    {
        var attached = new List<AttachedPolicy>();
        foreach (var policy in stored)
        {
            if (PolicyDocument.TryParse(policy.Document, out var document, out _))
            {
                attached.Add(new AttachedPolicy(policy.PolicyName, document));
                continue;
            }

            // The policy was valid when it was attached, and may contain a deny: without it nothing is allowed.
            logger.UnreadablePolicy(policy.PolicyName, policy.UserName, policy.AccountId);
            return [];
        }

        return attached;
    }
}
