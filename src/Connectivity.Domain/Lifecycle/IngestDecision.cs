namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// Decides on the events of one commit: one outcome for each, and what is appended. Pure: all that it rests on is
/// passed in.
/// </summary>
/// <param name="Outcomes">One for each event, in order.</param>
/// <param name="Appends">One for each stream that gets events.</param>
public sealed record IngestDecision(IReadOnlyList<Outcome> Outcomes, IReadOnlyList<StreamAppend> Appends)
{
    /// <summary>Refuses the events that are not to be stored, and identifies the others.</summary>
    public static IngestAdmission Admit(IngestState state, IReadOnlyList<SubmittedEvent> events)
    {
        var admitted = new List<AdmittedEvent>(events.Count);
        var outcomes = new Outcome[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            var submitted = events[i];
            var period = state.Periods.GetValueOrDefault(submitted.Event.ClientId);
            if (Refusal(state, submitted, period) is { } refusal)
                outcomes[i] = refusal;
            else
                admitted.Add(new AdmittedEvent(
                    i, period!.ThingId, submitted.IsClaim,
                    new IdentifiedEvent(
                        EventId.Of(state.Account, state.Generation!.Value, period.ThingId, submitted.Event),
                        submitted.Event),
                    submitted.History));
        }

        return new IngestAdmission(state.Now, outcomes, admitted);
    }

    /// <summary>Decides on the events that were admitted, in order.</summary>
    /// <param name="streams">The stored streams of their things, by <c>thingId</c>; those without events are absent.</param>
    /// <param name="stored">Those of the events' ids that are stored.</param>
    public static IngestDecision Decide(
        IngestAdmission admission, IReadOnlyDictionary<string, StoredStream> streams, IReadOnlySet<Guid> stored)
    {
        var outcomes = admission.Outcomes.ToArray();
        var appended = new HashSet<Guid>();
        var growing = new Dictionary<string, GrowingStream>();
        foreach (var (position, thingId, isClaim, identified, history) in admission.Admitted)
        {
            var isStored = stored.Contains(identified.Id) || appended.Contains(identified.Id);
            if (isStored || isClaim)
            {
                outcomes[position] = isStored ? Outcome.Duplicate : Outcome.SystemSource;
                continue;
            }

            appended.Add(identified.Id);
            if (!growing.TryGetValue(thingId, out var stream))
                growing.Add(thingId, stream = new GrowingStream(
                    thingId, streams.GetValueOrDefault(thingId), admission.Now));
            outcomes[position] = stream.Append(identified, history) ? Outcome.Accepted : Outcome.Late;
        }

        return new IngestDecision(outcomes, [.. growing.Values.Select(stream => stream.ToAppend())]);
    }

    private static Outcome? Refusal(IngestState state, SubmittedEvent submitted, IndexedPeriod? period)
    {
        if (submitted.NodeId is not null && !state.Nodes.Contains(submitted.NodeId)) return Outcome.NodeGone;
        // A claim is only looked up: what it repeats may have been stored whatever its age was.
        var backdating = submitted.IsClaim ? Backdating.Allowed : submitted.Backdating;
        var refusal = Admission.Refusal(
            submitted.Event, state.Generation is not null, period, backdating, state.Now);
        return refusal is not null && submitted.IsClaim ? Outcome.SystemSource : refusal;
    }

    private sealed class GrowingStream(string thingId, StoredStream? stored, DateTimeOffset now)
    {
        private readonly List<AppendedEvent> _events = [];
        private readonly ConnectivityRecord _former = stored?.Record ?? ConnectivityRecord.NeverConnected(thingId);
        private ConnectivityRecord _record = stored?.Record ?? ConnectivityRecord.NeverConnected(thingId);
        private DateTimeOffset? _lastRecordedAt = stored?.LastRecordedAt;

        /// <summary>Whether the record changed.</summary>
        public bool Append(IdentifiedEvent identified, RecordedHistory? history)
        {
            var before = _record;
            _record = ConnectivityRecord.Evolve(before, identified.Event);
            var changed = before != _record;
            var recordedAt = RecordedAt(history);
            _lastRecordedAt = recordedAt;
            _events.Add(new AppendedEvent(identified.Id, identified.Event, IsLate: !changed, recordedAt, _record));
            return changed;
        }

        public StreamAppend ToAppend() =>
            new(thingId, stored?.Version ?? 0, _lastRecordedAt!.Value, _events, _former);

        /// <summary>
        /// The time of its history where that continues the stream, else the present; never runs backwards.
        /// </summary>
        private DateTimeOffset RecordedAt(RecordedHistory? history)
        {
            var recordedAt = history is not null && history.PreviousRecordedAt == _lastRecordedAt
                && history.RecordedAt < now
                    ? history.RecordedAt
                    : now;
            return _lastRecordedAt > recordedAt ? _lastRecordedAt.Value : recordedAt;
        }
    }
}

/// <summary>The events of one commit after admission.</summary>
/// <param name="Outcomes">One for each event, in order; those of the admitted ones are not decided yet.</param>
public sealed record IngestAdmission(
    DateTimeOffset Now, IReadOnlyList<Outcome> Outcomes, IReadOnlyList<AdmittedEvent> Admitted);

/// <summary>An event that is stored unless it is stored already.</summary>
/// <param name="Position">Among the events of the commit.</param>
public sealed record AdmittedEvent(
    int Position, string ThingId, bool IsClaim, IdentifiedEvent Identified, RecordedHistory? History);
