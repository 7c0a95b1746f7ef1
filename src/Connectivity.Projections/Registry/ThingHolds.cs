using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Holds;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Registry;

/// <summary>Places and lifts legal holds on things.</summary>
public sealed class ThingHolds(NpgsqlDataSource dataSource)
{
    private const string OfThing =
        $"thing_id = (select thing_id from {RegistryTables.ThingsName} where account = $1 and region = $2 and name = $3)";

    /// <summary>
    /// Places a hold, or gives the present one another reason, user and time. Null where no thing has the name.
    /// </summary>
    /// <param name="placedBy">The ARN of the user.</param>
    public async Task<LegalHold?> PlaceAsync(
        Account account, string name, string reason, string placedBy, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // Waits for turning indexing off, and for the deletion of the thing; both wait for this.
                new NpgsqlBatchCommand(GenerationLock.SharedSql).With(GenerationLock.Key(account)),
                new NpgsqlBatchCommand(
                    $"""
                    with thing as (
                        select thing_id from {RegistryTables.ThingsName}
                        where account = $1 and region = $2 and name = $3 for no key update)
                    insert into {LegalHolds.TableName} (thing_id, account, region, reason, placed_by, placed_at)
                    select thing_id, $1, $2, $4, $5, clock_timestamp() from thing
                    on conflict (thing_id) do update set
                        reason = excluded.reason, placed_by = excluded.placed_by, placed_at = excluded.placed_at
                    returning reason, placed_by, placed_at
                    """).With(account.Id, account.Region, name, reason, placedBy),
            },
        };
        LegalHold? placed;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            placed = await ReadAsync(reader, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return placed;
    }

    /// <summary>The hold on the thing of this name, or null.</summary>
    public async Task<LegalHold?> FindAsync(Account account, string name, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand($"select reason, placed_by, placed_at from {LegalHolds.TableName} where {OfThing}")
            .With(account.Id, account.Region, name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, cancellationToken);
    }

    /// <summary>Lifts the hold; false where there was none.</summary>
    public async Task<bool> LiftAsync(Account account, string name, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"delete from {LegalHolds.TableName} where {OfThing}")
            .With(account.Id, account.Region, name);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static async Task<LegalHold?> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken)
            ? new LegalHold(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
}
