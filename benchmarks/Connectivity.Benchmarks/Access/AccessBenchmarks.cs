using Connectivity.Benchmarks.Micro;

namespace Connectivity.Benchmarks.Access;

/// <summary>The cost of authenticating and authorizing a request, by BenchmarkDotNet.</summary>
public static class AccessBenchmarks
{
    /// <returns>False where a benchmark failed.</returns>
    public static bool Run() => MicroBenchmarks.Run(typeof(SignatureBenchmark), typeof(PolicyBenchmark));
}
