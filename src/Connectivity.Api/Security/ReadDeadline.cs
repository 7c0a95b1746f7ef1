using System.IO.Pipelines;

namespace Connectivity.Api.Security;

/// <summary>
/// Cuts the reading of a body that takes too long. Most bodies arrive with their heads: a timer is made for the first
/// read that has to wait. Unlike a cancelled read, a cut one leaves the reader in a state in which the server can drain
/// it.
/// </summary>
internal sealed class ReadDeadline(PipeReader reader, TimeSpan timeout, TimeProvider clock) : IAsyncDisposable
{
    private ITimer? _timer;
    private volatile bool _hasPassed;

    public bool HasPassed => _hasPassed;

    /// <summary>The time counts from the first call.</summary>
    public void Begin() => _timer ??= clock.CreateTimer(
        static state => ((ReadDeadline)state!).Pass(), this, timeout, Timeout.InfiniteTimeSpan);

    /// <summary>After it no read is cut.</summary>
    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Pass()
    {
        _hasPassed = true;
        reader.CancelPendingRead();
    }
}
