using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Changes;

/// <summary>Reads the events of an account in the order of their numbers.</summary>
internal sealed class ChangeLog(NpgsqlDataSource dataSource)
{
    /// <summary>Events of a page.</summary>
    public const int PageSize = 1_000;

    /// <summary>The log of the account; null while connectivity indexing is off.</summary>
    public Task<LogPosition?> FindAsync(Account account, CancellationToken cancellationToken) =>
        LostConnections.RepeatAsync(dataSource, async () =>
        {
            await using var command = dataSource.CreateCommand(
                $"""
                select generation, tenant_id, cursor_epoch, configuration from {IndexingTable.Name}
                where account = $1 and region = $2
                """).With(account.Id, account.Region);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) return null;
            return IndexingTable.ReadGeneration(reader, account, 0) is { } generation
                ? new LogPosition(
                    generation, reader.GetInt64(2), IndexingTable.ReadConfiguration(reader, 3).ReleasesSocketInformation)
                : null;
        });

    /// <summary>Behind the event with the greatest number that is visible.</summary>
    /// <exception cref="FeedEndedException">The generation has ended.</exception>
    public async Task<ChangeCursor> EndAsync(LogPosition log, CancellationToken cancellationToken) =>
        await ReadAsync(
            $"""
            select seq_id, id from {log.Generation.Partition(ConnectivitySchema.Events)} order by seq_id desc limit 1
            """,
            command => command,
            async reader => await reader.ReadAsync(cancellationToken)
                ? ChangeCursor.Behind(log, reader.GetInt64(0), reader.GetGuid(1))
                : log.Start,
            cancellationToken);

    /// <summary>
    /// Whether the cursor is behind an event of this log: the event that has its number is the same one. A number
    /// without an event is no fault: the thing was deleted, or the transaction rolled back.
    /// </summary>
    /// <exception cref="FeedEndedException">The generation has ended.</exception>
    public async Task<bool> HasAsync(LogPosition log, ChangeCursor cursor, CancellationToken cancellationToken) =>
        log.Has(cursor) && await ReadAsync(
            $"select id from {log.Generation.Partition(ConnectivitySchema.Events)} where seq_id = $1",
            command => command.With(cursor.Sequence),
            async reader => !await reader.ReadAsync(cancellationToken)
                || ChangeCursor.PrefixOf(reader.GetGuid(0)) == cursor.EventPrefix,
            cancellationToken);

    /// <summary>The events behind one cursor and not behind another, up to a page of them.</summary>
    /// <exception cref="FeedEndedException">The generation has ended.</exception>
    public async Task<ChangePage> PageAsync(
        LogPosition log, ChangeCursor after, ChangeCursor end, CancellationToken cancellationToken)
    {
        var changes = await ReadAsync(
            $"""
            select seq_id, {StoredEvents.Columns}
            from {log.Generation.Partition(ConnectivitySchema.Events)}
            where seq_id > $1 and seq_id <= $2 order by seq_id limit {PageSize}
            """,
            command => command.With(after.Sequence, end.Sequence),
            async reader =>
            {
                var read = new List<Change>(PageSize);
                while (await reader.ReadAsync(cancellationToken)) read.Add(Read(log, reader));
                return read;
            },
            cancellationToken);
        return new ChangePage(
            changes, changes.Count < PageSize ? end : changes[^1].Cursor, log.ReleasesSocketInformation);
    }

    /// <summary>From now on no cursor that was given before is of the account's log.</summary>
    public async Task EndCursorsAsync(Account account, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"update {IndexingTable.Name} set cursor_epoch = cursor_epoch + 1 where account = $1 and region = $2")
            .With(account.Id, account.Region);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Change Read(LogPosition log, NpgsqlDataReader reader)
    {
        var recorded = StoredEvents.Read(reader, first: 1);
        return new Change(ChangeCursor.Behind(log, reader.GetInt64(0), recorded.EventId), recorded);
    }

    private Task<T> ReadAsync<T>(
        string sql, Func<NpgsqlCommand, NpgsqlCommand> bind, Func<NpgsqlDataReader, Task<T>> read,
        CancellationToken cancellationToken) => LostConnections.RepeatAsync(dataSource, async () =>
        {
            try
            {
                await using var command = bind(dataSource.CreateCommand(sql));
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await read(reader);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                throw new FeedEndedException(FeedEnd.GenerationEnded);
            }
        });
}
