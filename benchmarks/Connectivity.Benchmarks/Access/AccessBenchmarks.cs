using Connectivity.Benchmarks.Micro;

namespace Connectivity.Benchmarks.Access;

/// <summary>The cost of authenticating and authorizing a request, by BenchmarkDotNet.</summary>
public static class AccessBenchmarks
{
    /// <param name="filters">Names of benchmarks, with asterisks; without any, all are run.</param>
    /// <returns>False where a benchmark failed.</returns>
    public static bool Run(string[] filters) =>
        MicroBenchmarks.Run(filters, typeof(SignatureBenchmark), typeof(PolicyBenchmark));
}
