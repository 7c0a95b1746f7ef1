using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Holds;

/// <summary>
/// Things whose history must stay: until the hold is lifted, the thing can't be deleted, and indexing can't be turned
/// off in its account.
/// </summary>
public static class LegalHolds
{
    public const string TableName = $"{ConnectivitySchema.Name}.legal_holds";

    internal static Table Definition()
    {
        var table = new Table(TableName);
        table.AddColumn<string>("thing_id").AsPrimaryKey();
        table.AddColumn<string>("account").NotNull().AddIndex();
        table.AddColumn<string>("region").NotNull();
        table.AddColumn<string>("reason").NotNull();
        table.AddColumn<string>("placed_by").NotNull();
        table.AddColumn("placed_at", "timestamp with time zone").NotNull();
        return table;
    }

    /// <summary>Whether the thing is held; true to its transaction's end where that holds the thing's row.</summary>
    internal static async Task<bool> IsHeldAsync(
        NpgsqlConnection connection, string thingId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select exists (select from {TableName} where thing_id = $1)", connection).With(thingId);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// How many things of the account are held; true to its transaction's end where that holds the generation
    /// exclusively.
    /// </summary>
    internal static async Task<long> CountAsync(
        NpgsqlConnection connection, Account account, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select count(*) from {TableName} where account = $1 and region = $2", connection)
            .With(account.Id, account.Region);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <summary>A legal hold on a thing.</summary>
/// <param name="PlacedBy">The ARN of the user who placed it.</param>
/// <param name="PlacedAt">By the database's clock.</param>
public sealed record LegalHold(string Reason, string PlacedBy, DateTimeOffset PlacedAt);
