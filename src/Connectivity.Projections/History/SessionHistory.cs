using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Sessions;
using Npgsql;

namespace Connectivity.Projections.History;

/// <summary>Reads the sessions of things.</summary>
public sealed class SessionHistory(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    private readonly SessionEvents _events = new(dataSource);

    /// <summary>
    /// A page of a thing's sessions that overlap a range, in the order of their starts, with their events.
    /// </summary>
    /// <param name="present">The present record, which contains a session that has not ended.</param>
    /// <param name="after">The start of the last session of the previous page, and how many of it had that start.</param>
    public async Task<IReadOnlyList<SessionWithEvents>> PageAsync(
        Account account, ConnectivityRecord present, DateTimeOffset from, DateTimeOffset until, bool newestFirst,
        SessionMark? after, int limit, CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return [];
        var thingId = Guid.Parse(present.ThingId);
        var rows = await SessionRows.OverlappingAsync(
            dataSource, generation, thingId, from, until, newestFirst, after?.Start, limit + (after?.Count ?? 0),
            cancellationToken);
        if (Session.Of(present) is { End: null } open && open.Start < until
            && (after is null || (newestFirst ? open.Start <= after.Value.Start : open.Start >= after.Value.Start)))
            rows.Add(open);
        var ordered = newestFirst ? rows.OrderDescending(Timeline.ByStart) : rows.Order(Timeline.ByStart);
        var page = ordered.SkipWhile((session, i) => i < after?.Count && session.Start == after.Value.Start).Take(limit);
        return await _events.LoadAsync(
            generation, [.. page.Select(session => (present.ThingId, session))], cancellationToken);
    }

    /// <summary>The states of a thing from a time on, in order: the first of them may have begun before it.</summary>
    public async Task<IReadOnlyList<StateSpan>> SpansAsync(
        Account account, ConnectivityRecord present, DateTimeOffset from, DateTimeOffset until,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return [];
        var sessions = await SessionRows.BetweenAsync(
            dataSource, generation, Guid.Parse(present.ThingId), from, until, cancellationToken);
        if (Session.Of(present) is { End: null } open && open.Start < until) sessions.Add(open);
        sessions.Sort(Timeline.ByStart);
        return [.. Timeline.Spans(sessions)];
    }
}

/// <summary>Where a page of sessions ended.</summary>
/// <param name="Count">How many sessions with this start the pages so far contained.</param>
public readonly record struct SessionMark(DateTimeOffset Start, int Count);
