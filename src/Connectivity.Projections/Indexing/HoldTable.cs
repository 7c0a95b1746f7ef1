using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// The legal holds, one row for each thing that is on hold. A row is inserted under the shared lock of the generation and
/// the lock of the thing's row, so that a transaction that holds either exclusively sees whether there is one.
/// </summary>
internal static class HoldTable
{
    public const string Name = $"{ConnectivitySchema.Name}.holds";

    internal static Table Holds()
    {
        var table = new Table(Name);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        // A thing on hold is not deleted: its name identifies one incarnation.
        table.AddColumn<string>("name").AsPrimaryKey();
        table.AddColumn<string>("reason").NotNull();
        table.AddColumn<string>("placed_by").NotNull();
        table.AddColumn("placed_at", "timestamp with time zone").NotNull();
        return table;
    }

    /// <summary>Whether the thing is on hold, or with null any thing of the account.</summary>
    public static async Task<bool> HasAsync(
        NpgsqlConnection connection, Account account, string? thingName, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select exists (
                select from {Name} where account = $1 and region = $2 and ($3::text is null or name = $3))
            """, connection).With(
                account.Id, account.Region, SqlParameters.Nullable(thingName, NpgsqlTypes.NpgsqlDbType.Text));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
