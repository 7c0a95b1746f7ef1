using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Connectivity.Benchmarks.Micro;

/// <summary>The cost of the parts of ingest and of queries that need no database, by BenchmarkDotNet.</summary>
public static class MicroBenchmarks
{
    /// <param name="filters">Names of benchmarks, with asterisks; without any, all are run.</param>
    /// <returns>False where a benchmark failed.</returns>
    public static bool Run(string[] filters) => Run(
        filters,
        typeof(EvolveBenchmark), typeof(DecisionBenchmark), typeof(EventJsonBenchmark), typeof(RequestBenchmark));

    /// <inheritdoc cref="Run(string[])"/>
    public static bool Run(string[] filters, params Type[] types)
    {
        // In this process, because another would require a second build of the whole solution. Many short iterations,
        // because on a shared machine some are disturbed, and the minimum is the cost of the code. The warm-up is long
        // enough for all measured code to be optimized.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(60).WithIterationCount(50).WithIterationTime(TimeInterval.FromMilliseconds(50));
        IConfig config = DefaultConfig.Instance.AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default).AddColumn(StatisticColumn.Min)
            .HideColumns(Column.Error, Column.RatioSD, Column.Gen0, Column.AllocRatio);
        if (filters.Length > 0) config = config.AddFilter(new GlobFilter(filters));
        return BenchmarkRunner.Run(types, config).All(
            summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success));
    }
}
