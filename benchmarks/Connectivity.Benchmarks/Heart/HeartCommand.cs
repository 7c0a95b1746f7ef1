using System.CommandLine;

namespace Connectivity.Benchmarks.Heart;

/// <summary>The command <c>heart</c>.</summary>
public static class HeartCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "The directory of data sets and results, outside the repository",
            Required = true,
        };
        var rows = new Option<string>("--rows")
        {
            Description = $"Of {string.Join(", ", HeartBenchmark.Rows.Select(row => row.Name))}; all by default",
            DefaultValueFactory = _ => "",
        };
        var again = new Option<bool>("--again") { Description = "Measure also the rows that have results already" };
        var report = new Option<string>("--report")
        {
            Description = "The directory of the report",
            DefaultValueFactory = _ => Path.Combine("docs", "benchmarks"),
        };
        var things = Number("--things", 100_000, "Things of the rows that ingest");
        var queryThings = Number("--query-things", 1_000_000, "Things of the rows that query, start and purge");
        var seconds = Number("--seconds", 20.0, "How long each kind of work is measured");
        var queryRate = Number("--query-rate", 1_000.0, "Queries a second while events come in");
        var eventsOfThing = Number("--events-of-thing", 1, "Events of each thing in the data set that is purged");
        var streamEvents = Number("--stream-events", 1_000_000, "Events of the stream that is rebuilt");
        var devices = Number("--devices", 10_000, "Devices that connect to the gateway");
        var idle = Number("--idle-devices", 18_000, "Devices that stay connected");
        var minutes = Number("--minutes", 20.0, "How long the memory of a host is watched");
        var command = new Command("heart", "ingest and queries, each with its floor; writes docs/benchmarks/heart.md")
        {
            data, rows, again, report, things, queryThings, seconds, queryRate, eventsOfThing, streamEvents,
            devices, idle, minutes,
        };
        rows.Validators.Add(result =>
        {
            foreach (var name in Names(result.GetValueOrDefault<string>()))
                if (HeartBenchmark.Rows.All(row => row.Name != name)) result.AddError($"There is no row {name}.");
        });
        command.SetAction(async parsed =>
        {
            var options = new HeartOptions(
                parsed.GetRequiredValue(data), Names(parsed.GetValue(rows)), parsed.GetValue(things),
                parsed.GetValue(queryThings), parsed.GetValue(seconds), parsed.GetValue(queryRate),
                parsed.GetValue(eventsOfThing), parsed.GetValue(streamEvents), parsed.GetValue(devices),
                parsed.GetValue(idle), parsed.GetValue(minutes));
            var directory = parsed.GetRequiredValue(report);
            return await HeartBenchmark.RunAsync(options, parsed.GetValue(again), directory) ? 0 : 1;
        });
        return command;
    }

    private static string[] Names(string? rows) =>
        rows?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static Option<T> Number<T>(string name, T value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
