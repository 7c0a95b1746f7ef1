using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>A lifecycle event on its way to the sink.</summary>
/// <param name="fromPreviousHost">It was found on disk when this host started.</param>
internal sealed class PendingEvent(LifecycleEvent lifecycleEvent, Backdating backdating, bool fromPreviousHost = false)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LifecycleEvent Event => lifecycleEvent;

    public Backdating Backdating => backdating;

    public bool FromPreviousHost => fromPreviousHost;

    /// <summary>Completes once the sink has taken the event, it waits for the sink on disk, or it is lost.</summary>
    public Task Completion => _completion.Task;

    public void Complete() => _completion.TrySetResult();
}
