using Connectivity.Domain.Lifecycle;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Keeps the latest record of each thing, in the transaction that appends its events. The rule is
/// <see cref="ConnectivityRecord.Evolve"/>, and nothing else.
/// </summary>
public sealed partial class ConnectivityRecordProjection : SingleStreamProjection<ConnectivityRecord, string>
{
    public override ConnectivityRecord Evolve(ConnectivityRecord? snapshot, string id, IEvent e) =>
        ConnectivityRecord.Evolve(snapshot ?? ConnectivityRecord.NeverConnected(id), (LifecycleEvent)e.Data);
}
