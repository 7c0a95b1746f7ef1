using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// Receives the gateway's lifecycle events. The host implements it, so that the gateway knows neither store nor bus.
/// </summary>
public interface ILifecycleSink
{
    /// <summary>
    /// Stores the events and returns their outcomes, in order, after the commit; null for an event that is to be
    /// repeated because its thing is held for the moment.
    /// </summary>
    /// <param name="backdating">
    /// <see cref="Backdating.Allowed"/> for connections that were open before their thing was created or indexing was
    /// turned on.
    /// </param>
    /// <param name="fromPreviousHost">
    /// The events were left on disk by a previous host, whose sessions have ended with it.
    /// </param>
    Task<IReadOnlyList<Outcome?>> ReportAsync(
        IReadOnlyList<LifecycleEvent> events, Backdating backdating, bool fromPreviousHost,
        CancellationToken cancellationToken);
}
