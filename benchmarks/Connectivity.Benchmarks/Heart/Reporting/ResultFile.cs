using System.Text.Json;

namespace Connectivity.Benchmarks.Heart.Reporting;

/// <summary>
/// The results of a directory, one JSON line for each row, written as soon as the row is measured: a run that was
/// stopped goes on with the rows that it lacks.
/// </summary>
public sealed class ResultFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "results.jsonl");

    /// <summary>The last result of each row.</summary>
    public IReadOnlyList<RowResult> Read() => !File.Exists(_path)
        ? []
        :
        [
            .. File.ReadLines(_path).Where(line => line.EndsWith('}'))
                .Select(line => JsonSerializer.Deserialize<RowResult>(line, JsonSerializerOptions.Web)!)
                .GroupBy(result => result.Row).Select(results => results.Last()),
        ];

    public bool Has(string row, string settings) =>
        Read().Any(result => result.Row == row && result.Settings == settings);

    public void Add(RowResult result) =>
        File.AppendAllText(_path, JsonSerializer.Serialize(result, JsonSerializerOptions.Web) + "\n");
}
