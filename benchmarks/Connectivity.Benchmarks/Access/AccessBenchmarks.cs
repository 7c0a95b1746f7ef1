using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Connectivity.Benchmarks.Access;

/// <summary>What it costs to know who asks and to decide whether they may, by BenchmarkDotNet.</summary>
public static class AccessBenchmarks
{
    /// <returns>False where one of them could not be measured.</returns>
    public static bool Run()
    {
        // In this process: for another the whole solution would be built once more. And many short iterations: on a shared machine some are
        // disturbed, and the least is what the code costs. The warm-up is long enough for the whole way in to be compiled well.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(60).WithIterationCount(50).WithIterationTime(TimeInterval.FromMilliseconds(50));
        var config = DefaultConfig.Instance.AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddColumn(StatisticColumn.Min)
            .HideColumns(Column.Error, Column.RatioSD, Column.Gen0, Column.AllocRatio);
        var summaries = BenchmarkRunner.Run([typeof(SignatureBenchmark), typeof(PolicyBenchmark)], config);
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success));
    }
}
