using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Npgsql;

namespace Connectivity.Projections.Fleet;

/// <summary>How many things of a fleet are, or were, in each state.</summary>
/// <param name="Things">All that are registered, or that were registered before the time and still are.</param>
/// <param name="States">By <see cref="ThingState"/>; things that never connected are in none.</param>
public sealed record FleetStates(long Things, IReadOnlyDictionary<string, long> States);

/// <summary>What happened in an interval.</summary>
/// <param name="Connected">Things that were connected when it began.</param>
/// <param name="Connects">Sessions that began in it.</param>
/// <param name="Disconnects">Sessions that ended in it.</param>
public sealed record FleetInterval(DateTimeOffset From, long Connected, long Connects, long Disconnects);

/// <summary>Reads the counts of fleets. They are kept by the minute.</summary>
public sealed class FleetHistory(NpgsqlDataSource dataSource, IndexingStore indexing)
{
    private static readonly DateTime Present = DateTime.MaxValue;

    /// <summary>The present states; null while connectivity indexing is off.</summary>
    public async Task<FleetStates?> StatesAsync(Account account, CancellationToken cancellationToken) =>
        await indexing.CurrentGenerationAsync(account, cancellationToken) is { } generation
            ? await StatesAsync(
                generation,
                // What is joined of the present has its own sums; the rest is few.
                $"""
                select state, number from {generation.Partition(SessionTables.CountsName)}
                where measure = {(short)FleetMeasure.StateByRecordedAt} and minute = 'infinity'
                union all
                select state, number from {FleetCountChanges.PendingOf(generation)}
                where measure = {(short)FleetMeasure.StateByRecordedAt} and $1::timestamptz is not null
                """, Present, cancellationToken)
            : null;

    /// <summary>
    /// The states when a minute began, by the time at which changes occurred or were recorded; null while connectivity
    /// indexing is off.
    /// </summary>
    public async Task<FleetStates?> StatesAtAsync(
        Account account, DateTimeOffset minute, bool byRecordedAt, CancellationToken cancellationToken) =>
        await indexing.CurrentGenerationAsync(account, cancellationToken) is { } generation
            ? await StatesAsync(
                generation,
                $"""
                select state, number from {FleetCountChanges.AllOf(generation)}
                where minute < $1 and measure = {(short)MeasureOf(byRecordedAt)}
                """, minute.UtcDateTime, cancellationToken)
            : null;

    /// <summary>What happened in each interval of a range that begins with a minute; null while indexing is off.</summary>
    public async Task<IReadOnlyList<FleetInterval>?> SeriesAsync(
        Account account, DateTimeOffset from, DateTimeOffset until, TimeSpan interval,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return null;
        var counts = FleetCountChanges.AllOf(generation);
        await using var command = dataSource.CreateCommand(
            $"""
            select -1, measure, sum(number)::bigint from {counts}
            where measure = {(short)FleetMeasure.StateByOccurredAt} and state = $4 and minute < $1 group by 2
            union all
            select floor(extract(epoch from minute - $1) / $3)::int, measure, sum(number)::bigint from {counts}
            where minute >= $1 and minute < $2 and (
                measure in ({(short)FleetMeasure.Connects}, {(short)FleetMeasure.Disconnects})
                or (measure = {(short)FleetMeasure.StateByOccurredAt} and state = $4))
            group by 1, 2
            """).With(from.UtcDateTime, until.UtcDateTime, interval.TotalSeconds, ThingState.Connected);
        var read = new Dictionary<(int Interval, FleetMeasure Measure), long>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                read[(reader.GetInt32(0), (FleetMeasure)reader.GetInt16(1))] = reader.GetInt64(2);

        var intervals = new List<FleetInterval>();
        var connected = Of(-1, FleetMeasure.StateByOccurredAt);
        for (var (i, begin) = (0, from); begin < until; i++, begin += interval)
        {
            intervals.Add(new FleetInterval(
                begin, connected, Of(i, FleetMeasure.Connects), Of(i, FleetMeasure.Disconnects)));
            connected += Of(i, FleetMeasure.StateByOccurredAt);
        }

        return intervals;

        long Of(int i, FleetMeasure measure) => read.GetValueOrDefault((i, measure));
    }

    /// <summary>Disconnects in a range of minutes, by reason and interval; null while indexing is off.</summary>
    /// <param name="interval">Null for one interval of the whole range.</param>
    public async Task<IReadOnlyList<CountedDisconnects>?> DisconnectsAsync(
        Account account, DateTimeOffset from, DateTimeOffset until, TimeSpan? interval,
        CancellationToken cancellationToken)
    {
        if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) return null;
        await using var command = dataSource.CreateCommand(
            $"""
            select state, floor(extract(epoch from minute - $1) / $3)::int, sum(number)::bigint
            from {FleetCountChanges.AllOf(generation)}
            where minute >= $1 and minute < $2 and measure = {(short)FleetMeasure.Disconnects}
            group by 1, 2 having sum(number) <> 0 order by 2, 3 desc, 1
            """).With(from.UtcDateTime, until.UtcDateTime, (interval ?? until - from).TotalSeconds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counted = new List<CountedDisconnects>();
        while (await reader.ReadAsync(cancellationToken))
            counted.Add(new CountedDisconnects(
                reader.GetString(0), from + (interval ?? TimeSpan.Zero) * reader.GetInt32(1), reader.GetInt64(2)));
        return counted;
    }

    private static FleetMeasure MeasureOf(bool byRecordedAt) =>
        byRecordedAt ? FleetMeasure.StateByRecordedAt : FleetMeasure.StateByOccurredAt;

    private async Task<FleetStates> StatesAsync(
        Generation generation, string rows, DateTime before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select state, sum(number)::bigint from ({rows}) as row group by 1 having sum(number) <> 0
            union all
            select null, count(*) from {RegistryTables.ThingsName}
            where account = $2 and region = $3 and ($4 or created_at < $1)
            """).With(before, generation.Account.Id, generation.Account.Region, before == Present);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (states, things) = (new Dictionary<string, long>(), 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0)) things = reader.GetInt64(1);
            else states.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return new FleetStates(things, states);
    }
}

/// <summary>Disconnects for a reason in an interval.</summary>
public sealed record CountedDisconnects(string Reason, DateTimeOffset From, long Number);
