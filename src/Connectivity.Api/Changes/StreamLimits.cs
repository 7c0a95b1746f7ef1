using System.Diagnostics.CodeAnalysis;

namespace Connectivity.Api.Changes;

/// <summary>How many change streams are open on this host, of each account and of each principal.</summary>
public sealed class StreamLimits(StreamOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = [];

    /// <summary>All that are open.</summary>
    public int Open { get; private set; }

    /// <summary>Counts one more until it is disposed of; false where there are as many as may be.</summary>
    /// <param name="principal">The ARN, which begins with that of no account.</param>
    public bool TryOpen(string accountId, string principal, [NotNullWhen(true)] out IDisposable? stream)
    {
        stream = null;
        lock (_lock)
        {
            var (ofAccount, ofPrincipal) = (_open.GetValueOrDefault(accountId), _open.GetValueOrDefault(principal));
            if (ofAccount >= options.PerAccount || ofPrincipal >= options.PerPrincipal) return false;
            (_open[accountId], _open[principal]) = (ofAccount + 1, ofPrincipal + 1);
            Open++;
        }

        stream = new OpenStream(this, accountId, principal);
        return true;
    }

    private void Close(string accountId, string principal)
    {
        lock (_lock)
        {
            foreach (var key in (string[])[accountId, principal])
                if (--_open[key] == 0)
                    _open.Remove(key);
            Open--;
        }
    }

    private sealed class OpenStream(StreamLimits limits, string accountId, string principal) : IDisposable
    {
        private int _isClosed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0) limits.Close(accountId, principal);
        }
    }
}
