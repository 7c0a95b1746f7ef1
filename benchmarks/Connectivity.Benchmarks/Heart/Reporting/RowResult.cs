namespace Connectivity.Benchmarks.Heart.Reporting;

/// <summary>The result of a row: one line of the file of results.</summary>
/// <param name="Settings">What a repeated run must share to use this result instead of measuring again.</param>
public sealed record RowResult(
    string Row,
    string Settings,
    DateTimeOffset MeasuredAt,
    IReadOnlyList<Series> Series,
    IReadOnlyList<Figure> Figures,
    IReadOnlyList<PlotPoint> Points);

/// <summary>One kind of work, measured in slices that alternate with those of the other kinds of its row.</summary>
/// <param name="Operation">What is counted, such as <c>event</c>.</param>
/// <param name="SlowestPerSecond">Of the slices.</param>
/// <param name="P50">Milliseconds, as the other percentiles: of requests, not of events.</param>
/// <param name="HostMicroseconds">Processor time of the hosts for each operation.</param>
/// <param name="DatabaseMicroseconds">Processor time of PostgreSQL for each operation.</param>
/// <param name="GeneratorMicroseconds">Processor time of the load generator for each operation.</param>
/// <param name="AllocatedBytes">Of the hosts, for each operation.</param>
public sealed record Series(
    string Name,
    string Operation,
    long Operations,
    long Refused,
    double PerSecond,
    double SlowestPerSecond,
    double FastestPerSecond,
    double P50,
    double P99,
    double P999,
    double Maximum,
    double HostMicroseconds,
    double DatabaseMicroseconds,
    double GeneratorMicroseconds,
    double AllocatedBytes);

/// <summary>A result that has a target.</summary>
/// <param name="Target">Null where the figure is only reported.</param>
/// <param name="AtLeast">Whether the target is the least value, not the greatest.</param>
public sealed record Figure(string Name, double Value, string Unit, double? Target, bool AtLeast)
{
    public bool? IsReached => Target is not { } target ? null : AtLeast ? Value >= target : Value <= target;

    public static Figure Least(string name, double value, string unit, double target) =>
        new(name, value, unit, target, AtLeast: true);

    public static Figure Most(string name, double value, string unit, double target) =>
        new(name, value, unit, target, AtLeast: false);

    public static Figure Only(string name, double value, string unit) =>
        new(name, value, unit, Target: null, AtLeast: false);
}

/// <summary>A point of a plot.</summary>
/// <param name="Plot">The plot's file name, without its extension.</param>
/// <param name="X">Senders, or things.</param>
public sealed record PlotPoint(
    string Plot, string Line, double X, double PerSecond, double P50, double P99, double P999);
