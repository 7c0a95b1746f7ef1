using Connectivity.Benchmarks.Heart.Data;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>
/// The rows of a table in COPY's binary form, in two halves, and an empty table with the same indexes.
/// </summary>
internal sealed class CopiedTable
{
    private readonly string _target;
    private readonly byte[][] _halves;

    private CopiedTable(string target, byte[][] halves) => (_target, _halves) = (target, halves);

    /// <param name="key">The column of the stream's id: a stream is in one half.</param>
    public static async Task<CopiedTable> ReadAsync(string connectionString, string table, string key, string target)
    {
        await Sql.ExecuteAsync(connectionString, $"create table {target} (like {table} including all)");
        var halves = new byte[2][];
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        for (var half = 0; half < halves.Length; half++)
        {
            using var rows = new MemoryStream();
            await using (var reader = await connection.BeginRawBinaryCopyAsync(
                $"copy (select * from {table} where hashtext({key}) & 1 = {half}) to stdout (format binary)"))
                await reader.CopyToAsync(rows);
            halves[half] = rows.ToArray();
        }

        return new CopiedTable(target, halves);
    }

    public async Task WriteAsync(NpgsqlConnection connection, int half)
    {
        await using var rows = await connection.BeginRawBinaryCopyAsync($"copy {_target} from stdin (format binary)");
        await rows.WriteAsync(_halves[half]);
    }
}
