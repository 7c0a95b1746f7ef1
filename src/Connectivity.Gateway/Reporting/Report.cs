using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>A lifecycle event on its way to the sink.</summary>
/// <param name="ofFormerHost">It was found on disk when this host started.</param>
internal sealed class Report(LifecycleEvent lifecycleEvent, Age age, bool ofFormerHost = false)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LifecycleEvent Event => lifecycleEvent;

    public Age Age => age;

    public bool OfFormerHost => ofFormerHost;

    /// <summary>Completes once the sink has taken the event, it waits for the sink on disk, or it is lost.</summary>
    public Task Left => _left.Task;

    public void Leave() => _left.TrySetResult();
}
