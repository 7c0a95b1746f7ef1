using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.History;

/// <summary>A session with the events that began and ended it, as far as they were reported.</summary>
/// <param name="EndRecordedAt">When the end was recorded.</param>
public sealed record SessionWithEvents(
    Session Session, ThingConnected? Connect, ThingDisconnected? Disconnect, DateTimeOffset? EndRecordedAt)
{
    /// <summary>
    /// Its record at a time since its start, as far as is known now. Where only its end tells when it began, that end is
    /// also the evidence that it was connected.
    /// </summary>
    public ConnectivityRecord RecordAt(string thingId, DateTimeOffset time)
    {
        var hasEnded = Disconnect is not null && Disconnect.OccurredAt <= time;
        var connect = Connect;
        if (connect is null && !hasEnded && Disconnect is { ConnectedAt: { } connectedAt } end)
            connect = new ThingConnected(
                end.ClientId, end.Connection, connectedAt, end.PrincipalIdentifier, end.Session, end.Socket);
        return new ConnectivityRecord(thingId, connect, hasEnded ? Disconnect : null);
    }
}

/// <summary>Reads the events of sessions: their ids follow from what is stored of the sessions.</summary>
internal sealed class SessionEvents(NpgsqlDataSource dataSource)
{
    public async Task<IReadOnlyList<SessionWithEvents>> LoadAsync(
        Generation generation, IReadOnlyList<(string ThingId, Session Session)> sessions,
        CancellationToken cancellationToken)
    {
        var ids = sessions.Select(item => (
            Connect: item.Session.ReportedConnect is { } at ? IdOf(Connect(item.Session, at), item.ThingId) : (Guid?)null,
            End: item.Session.End is { } end ? IdOf(Disconnect(item.Session, end), item.ThingId) : (Guid?)null)).ToList();
        var events = await EventsAsync(
            generation, [.. ids.SelectMany(pair => new[] { pair.Connect, pair.End }).OfType<Guid>()], cancellationToken);
        return
        [
            .. sessions.Zip(ids, (item, pair) => new SessionWithEvents(
                item.Session,
                Of(pair.Connect)?.Event as ThingConnected, Of(pair.End)?.Event as ThingDisconnected,
                Of(pair.End)?.RecordedAt)),
        ];

        RecordedEvent? Of(Guid? id) => id is { } known ? events.GetValueOrDefault(known) : null;

        Guid IdOf(LifecycleEvent lifecycleEvent, string thingId) =>
            EventId.Of(generation.Account, generation.Number, thingId, lifecycleEvent);
    }

    private async Task<Dictionary<Guid, RecordedEvent>> EventsAsync(
        Generation generation, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {StoredEvents.Columns} from {generation.Partition(ConnectivitySchema.Events)}
            where tenant_id = $1 and id = any($2)
            """).With(generation.TenantId, ids);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new Dictionary<Guid, RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var recorded = StoredEvents.Read(reader);
            events.Add(recorded.EventId, recorded);
        }

        return events;
    }

    private static ThingConnected Connect(Session session, DateTimeOffset at) =>
        new("", session.Connection, at, null, SessionDetails.None, SocketInformation.None);

    private static ThingDisconnected Disconnect(Session session, SessionEnd end) => new(
        "", session.Connection, end.At, null, SessionDetails.None, SocketInformation.None, end.Reason, null,
        end.ConnectedAt, end.Inferred);
}
