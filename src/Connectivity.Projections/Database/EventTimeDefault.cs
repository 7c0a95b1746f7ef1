using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Marten quotes the default of the column of an event's time, so that it is the moment at which the table was created.
/// Partitions inherit it. Nothing rests on it, as every append passes the time, but a row that is inserted by hand must
/// not get a wrong one.
/// </summary>
internal static class EventTimeDefault
{
    private const string IsWrong =
        $"""
        select count(*) > 0 from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
        where adrelid = '{ConnectivitySchema.Events}'::regclass and attname = 'timestamp'
          and pg_get_expr(adbin, adrelid) <> 'now()'
        """;

    /// <summary>Corrects the table and the partitions that it has.</summary>
    public static async Task CorrectAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var isWrong = dataSource.CreateCommand(IsWrong);
        if (await isWrong.ExecuteScalarAsync(cancellationToken) is not true) return;
        await using var correct = dataSource.CreateCommand(
            $"alter table {ConnectivitySchema.Events} alter column timestamp set default now()");
        await correct.ExecuteNonQueryAsync(cancellationToken);
    }
}
