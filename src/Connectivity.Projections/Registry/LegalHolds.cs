using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Registry;

/// <summary>A legal hold on a thing.</summary>
/// <param name="PlacedBy">The ARN of the principal that placed it.</param>
/// <param name="PlacedAt">By the database's clock.</param>
public sealed record LegalHold(string Reason, string PlacedBy, DateTimeOffset PlacedAt);

/// <summary>
/// Legal holds: while a thing is on hold it can't be deleted, and indexing of its account can't be turned off.
/// </summary>
public sealed class LegalHolds(NpgsqlDataSource dataSource)
{
    /// <summary>Characters.</summary>
    public const int MaximumReason = 1024;

    /// <summary>
    /// Places a hold. A thing on hold gets the new reason, with who gave it and when; the same reason changes nothing.
    /// Waits for a deletion of the thing and for a change of indexing.
    /// </summary>
    /// <returns>The hold, or null where no thing has the name.</returns>
    public async Task<LegalHold?> PlaceAsync(
        Account account, string name, string reason, string placedBy, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In this order, as ingest and deletion take them.
        await using (var generationLock = new NpgsqlCommand(GenerationLock.SharedSql, connection))
            await generationLock.With(GenerationLock.Key(account)).ExecuteNonQueryAsync(cancellationToken);
        await using (var thing = new NpgsqlCommand(
            $"""
            select 1 from {RegistryTables.ThingsName} where account = $1 and region = $2 and name = $3
            for no key update
            """, connection))
            if (await thing.With(account.Id, account.Region, name).ExecuteScalarAsync(cancellationToken) is null)
                return null;
        await using var place = new NpgsqlCommand(
            $"""
            insert into {HoldTable.Name} as hold (account, region, name, reason, placed_by, placed_at)
            values ($1, $2, $3, $4, $5, clock_timestamp())
            on conflict (account, region, name) do update set
                reason = excluded.reason, placed_by = excluded.placed_by, placed_at = excluded.placed_at
            where hold.reason <> excluded.reason
            """, connection).With(account.Id, account.Region, name, reason, placedBy);
        await place.ExecuteNonQueryAsync(cancellationToken);
        await using var find = Select(new NpgsqlCommand { Connection = connection }, account, name);
        var placed = await ReadAsync(find, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return placed;
    }

    /// <summary>The hold, or null where the thing is not on hold.</summary>
    public async Task<LegalHold?> FindAsync(Account account, string name, CancellationToken cancellationToken)
    {
        await using var command = Select(dataSource.CreateCommand(), account, name);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Lifts the hold, if there is one.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> LiftAsync(Account account, string name, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand($"delete from {HoldTable.Name} where account = $1 and region = $2 and name = $3")
            .With(account.Id, account.Region, name);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static NpgsqlCommand Select(NpgsqlCommand command, Account account, string name)
    {
        command.CommandText =
            $"select reason, placed_by, placed_at from {HoldTable.Name} where account = $1 and region = $2 and name = $3";
        return command.With(account.Id, account.Region, name);
    }

    private static async Task<LegalHold?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LegalHold(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }
}
