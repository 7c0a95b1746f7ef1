using Npgsql;

namespace Connectivity.Benchmarks.Heart.Data;

/// <summary>
/// The rows that the host itself stored for one thing, in the form of COPY. Data sets are made of copies of them, so
/// that they always have the form of the release that is measured.
/// </summary>
public sealed class RowPattern
{
    /// <summary>The name of the thing that the host stored.</summary>
    public const string ThingName = "pattern-of-things";

    private readonly string _table;
    private readonly string[] _lines;
    private readonly string _thingId;
    private readonly int _uuidColumn;
    private readonly int _numberColumn;

    private RowPattern(string table, string[] lines, string thingId, int uuidColumn, int numberColumn) =>
        (_table, _lines, _thingId, _uuidColumn, _numberColumn) = (table, lines, thingId, uuidColumn, numberColumn);

    /// <param name="key">The column that holds the thing's identifier.</param>
    public static async Task<RowPattern> ReadAsync(
        NpgsqlConnection connection, string table, string key, string thingId)
    {
        var columns = new List<(string Name, string Type)>();
        await using (var command = new NpgsqlCommand(
            $"""
            select attname::text, atttypid::regtype::text from pg_attribute
            where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped order by attnum
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) columns.Add((reader.GetString(0), reader.GetString(1)));

        using var text = await connection.BeginTextExportAsync(
            $"copy (select * from {table} where {key} = '{thingId}') to stdout");
        var lines = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) throw new InvalidOperationException($"{table} has no row of the pattern's thing.");
        return new RowPattern(
            table, lines, thingId,
            columns.FindIndex(column => column is ("id", "uuid")),
            columns.FindIndex(column => column.Name == "seq_id"));
    }

    /// <summary>Writes the rows of the given things. Events get new ids, and are numbered from 1 on.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, int firstThing, int things, long firstNumber = 1)
    {
        await using var rows = await connection.BeginTextImportAsync($"copy {_table} from stdin");
        for (var thing = firstThing; thing < firstThing + things; thing++)
        {
            var (name, thingId) = (Fleet.Name(thing), Fleet.ThingId(thing).ToString());
            foreach (var line in _lines)
            {
                var row = line.Replace(_thingId, thingId).Replace(ThingName, name);
                if (_uuidColumn >= 0 || _numberColumn >= 0)
                {
                    var fields = row.Split('\t');
                    if (_uuidColumn >= 0) fields[_uuidColumn] = Guid.NewGuid().ToString();
                    if (_numberColumn >= 0) fields[_numberColumn] = $"{firstNumber++}";
                    row = string.Join('\t', fields);
                }

                await rows.WriteAsync(row);
                await rows.WriteAsync('\n');
            }
        }
    }
}
