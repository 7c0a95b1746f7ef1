using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.History;

/// <summary>Which events of a thing to list, and in which order; null is no condition.</summary>
/// <param name="ByOccurredAt">By the time at which they occurred and not by the order in which they were recorded.</param>
/// <param name="IsConnect">Only connects, or only disconnects.</param>
/// <param name="Reason">The effective reason of a disconnect.</param>
/// <param name="From">The first moment of the range, by the time of the order.</param>
/// <param name="Until">The first moment after the range.</param>
public sealed record EventListing(
    bool ByOccurredAt = false, bool NewestFirst = false, bool? IsConnect = null, string? Reason = null,
    string? SessionIdentifier = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>Where a page of events ended.</summary>
/// <param name="At">The time of the last event, where they are in the order of occurrence.</param>
/// <param name="Position">Of the last event.</param>
public readonly record struct EventMark(DateTimeOffset? At, long Position);

/// <summary>Reads the events of things.</summary>
public sealed class EventHistory(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    private const string OccurredAt = "(data->>'occurredAt')::timestamptz";

    private static readonly string Reason =
        $"""
        coalesce(data->>'reportedReason', case when (data->>'clientInitiated')::boolean
            then '{DisconnectReason.ClientInitiatedDisconnect}' else '{DisconnectReason.Unknown}' end)
        """;

    /// <summary>A page of a thing's events: those that follow a mark.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> PageAsync(
        Account account, string thingId, EventListing listing, EventMark? after, int limit,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return [];
        var (time, key, mark) = listing.ByOccurredAt
            ? (OccurredAt, $"({OccurredAt}, version)", "($3, $4)")
            : ("timestamp", "version", "$4");
        var (compared, order) = listing.NewestFirst ? ("<", "desc") : (">", "asc");
        await using var command = dataSource.CreateCommand(
            $"""
            select {StoredEvents.Columns} from {generation.Partition(ConnectivitySchema.Events)}
            where tenant_id = $1 and stream_id = $2
              and ($4::bigint is null or {key} {compared} {mark})
              and ($5::timestamptz is null or {time} >= $5) and ($6::timestamptz is null or {time} < $6)
              and ($7::text is null or type = $7)
              and ($8::text is null or (type = '{ConnectivityStore.ThingDisconnectedName}' and {Reason} = $8))
              and ($9::text is null or data->'connection'->>'sessionIdentifier' = $9)
            order by {(listing.ByOccurredAt ? $"{OccurredAt} {order}, " : "")}version {order} limit $10
            """).With(
                generation.TenantId, thingId, Time(after?.At),
                SqlParameters.Nullable(after?.Position, NpgsqlDbType.Bigint), Time(listing.From), Time(listing.Until),
                Text(listing.IsConnect switch
                {
                    null => null,
                    true => ConnectivityStore.ThingConnectedName,
                    false => ConnectivityStore.ThingDisconnectedName,
                }),
                Text(listing.Reason), Text(listing.SessionIdentifier), limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken)) page.Add(StoredEvents.Read(reader));
        return page;
    }

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        SqlParameters.Nullable(time?.ToUniversalTime(), NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter Text(string? text) => SqlParameters.Nullable(text, NpgsqlDbType.Text);
}
