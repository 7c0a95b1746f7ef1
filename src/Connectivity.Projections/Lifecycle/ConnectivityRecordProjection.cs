using Connectivity.Domain.Lifecycle;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Maintains the latest record of each thing, in the transaction that appends its events. Its only rule is
/// <see cref="ConnectivityRecord.Evolve"/>.
/// </summary>
public sealed partial class ConnectivityRecordProjection : SingleStreamProjection<ConnectivityRecord, string>
{
    public override ConnectivityRecord Evolve(ConnectivityRecord? snapshot, string id, IEvent e) =>
        ConnectivityRecord.Evolve(snapshot ?? ConnectivityRecord.NeverConnected(id), (LifecycleEvent)e.Data);
}
