using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Sessions;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>A thing's stream, folded again, beside what is stored.</summary>
/// <param name="Folded">Null where the stream has no events.</param>
/// <param name="Record">Null where there is no record.</param>
/// <param name="RecordVersion">The version of the stream that the record was folded at.</param>
/// <param name="Sessions">In the order of their starts.</param>
/// <param name="State">Null where there is none.</param>
internal sealed record FoldedThing(
    string ThingId, string Name, ReplayedThing? Folded, ConnectivityRecord? Record, long RecordVersion,
    IReadOnlyList<Session> Sessions, StoredState? State)
{
    /// <summary>How what is stored differs from the fold; null where it does not.</summary>
    public RecordDifference? Difference => (Folded, Record) switch
    {
        (null, not null) => Differs("a record without events"),
        (not null, null) => Differs("no record"),
        (not null, not null) when Record != Folded.Record => Differs("the record is not the fold of the stream"),
        (not null, not null) when RecordVersion != Folded.Version =>
            Differs($"the record has version {RecordVersion}, the stream {Folded.Version}"),
        _ when !Sessions.SequenceEqual(Folded?.Sessions ?? []) => Differs("the sessions are not those of the stream"),
        _ when State != StoredState.Of(Folded?.Record) => Differs("the state is not that of the stream"),
        _ => null,
    };

    private RecordDifference Differs(string reason) => new(ThingId, Name, reason);
}

/// <summary>The state that is stored of a thing.</summary>
internal readonly record struct StoredState(string State, DateTimeOffset ChangedAt)
{
    public static StoredState? Of(ConnectivityRecord? record) =>
        record?.Latest is { } latest ? new StoredState(ThingState.Of(record)!, latest.OccurredAt) : null;
}
