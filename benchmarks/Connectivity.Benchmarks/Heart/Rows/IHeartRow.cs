using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>What a row found.</summary>
public sealed record RowFindings(
    IReadOnlyList<Series> Series, IReadOnlyList<Figure> Figures, IReadOnlyList<PlotPoint>? Points = null);

/// <summary>One row of the report: a kind of work, its floor, and its targets.</summary>
public interface IHeartRow
{
    /// <summary>As it is named on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured and what its floor is, for the report.</summary>
    string Description { get; }

    Task<RowFindings> MeasureAsync(HeartContext context);
}
