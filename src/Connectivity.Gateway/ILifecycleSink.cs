using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway;

/// <summary>
/// Where the gateway's lifecycle events go: the one path in. The host implements it, so that the gateway knows neither store nor bus.
/// </summary>
public interface ILifecycleSink
{
    /// <summary>Stores the events and returns their outcomes, in order, after the commit.</summary>
    /// <param name="age">
    /// <see cref="Age.Any"/> for connections that were open before their thing was created or indexing was turned on.
    /// </param>
    Task<IReadOnlyList<Outcome>> ReportAsync(IReadOnlyList<LifecycleEvent> events, Age age, CancellationToken cancellationToken);
}
