using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>A lifecycle event that waits for the sink.</summary>
/// <param name="fromPreviousHost">The event was found on disk when this host started.</param>
internal sealed class PendingEvent(LifecycleEvent lifecycleEvent, Backdating backdating, bool fromPreviousHost = false)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LifecycleEvent Event => lifecycleEvent;

    public Backdating Backdating => backdating;

    public bool FromPreviousHost => fromPreviousHost;

    /// <summary>Completes once the sink has accepted the event, the event is on disk, or it is lost.</summary>
    public Task Completion => _completion.Task;

    public void Complete() => _completion.TrySetResult();
}
