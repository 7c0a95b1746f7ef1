using System.Text;
using Connectivity.Benchmarks.Heart.Data;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The rows of a table in the form of COPY, in two halves, and an empty table with the same indexes.</summary>
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
            using var reader = await connection.BeginTextExportAsync(
                $"copy (select * from {table} where hashtext({key}) & 1 = {half}) to stdout");
            halves[half] = Encoding.UTF8.GetBytes(await reader.ReadToEndAsync());
        }

        return new CopiedTable(target, halves);
    }

    public async Task WriteAsync(NpgsqlConnection connection, int half)
    {
        await using var rows = await connection.BeginRawBinaryCopyAsync($"copy {_target} from stdin");
        await rows.WriteAsync(_halves[half]);
    }
}
