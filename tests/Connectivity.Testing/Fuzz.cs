using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace Connectivity.Testing;

/// <summary>
/// Checks a property over generated inputs: some thousands of each kind in a test run, and as many as requested in a
/// longer run. One seed determines the whole run, whatever the threads. It reports how often each result occurred and
/// which input took longest. CsCheck generates the inputs and shrinks one that fails.
/// </summary>
public static class Fuzz
{
    /// <summary>The environment variable that requests a longer run: the number of inputs of each kind.</summary>
    public const string IterationsVariable = "CONNECTIVITY_FUZZ_ITERATIONS";

    /// <summary>The environment variable that repeats a run.</summary>
    public const string SeedVariable = "CONNECTIVITY_FUZZ_SEED";

    /// <summary>The limit for one input, by the least of several measurements: the machine may be busy.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private const int BatchSize = 500;
    private const int Suspects = 16;

    private static readonly long? Requested = Number(IterationsVariable) is { } requested ? (long)requested : null;
    private static readonly ulong Seed = Number(SeedVariable) ?? (ulong)Random.Shared.NextInt64();

    /// <param name="kind">The name of the inputs, for the report.</param>
    /// <param name="property">
    /// Returns the result for an input in a word or two; throws where the property does not hold.
    /// </param>
    /// <param name="inTests">Inputs in a run of the tests.</param>
    /// <param name="share">The fraction of a longer run's inputs, for an expensive kind.</param>
    /// <returns>How often each result occurred.</returns>
    public static IReadOnlyDictionary<string, long> Run<T>(
        string kind, Gen<T> inputs, Func<T, string> property, Func<T, string>? print = null, long inTests = 20_000,
        double share = 1)
    {
        var count = Requested is { } requested ? (long)(requested * share) : inTests;
        var run = new KindRun<T>(inputs, property, count, Seed);
        run.Complete();
        if (run.Failure is var (seed, exception))
            throw Failed(
                kind, seed, exception,
                () => inputs.Sample(input => { property(input); }, seed: seed, iter: 1_000, print: print));
        var (slowest, slowestSeed) = run.Slowest();
        // A row of the table in docs/fuzzing.md.
        var outcomes = string.Join(", ", run.Outcomes.OrderByDescending(one => one.Value).Select(Format));
        Report(FormattableString.Invariant($"| {kind} | {count:N0} | {outcomes} |")
            + FormattableString.Invariant($" {slowest.TotalMilliseconds:0.00} ms | {run.MostAllocated / 1024:N0} KiB |")
            + FormattableString.Invariant($" {run.Elapsed.TotalSeconds:0} s |")
            + FormattableString.Invariant($" {Seed}, slowest {slowestSeed} |"));
        if (slowest > Longest)
            throw new InvalidOperationException($"{kind}: the input of seed {slowestSeed} takes {slowest}.");
        return run.Outcomes;
    }

    /// <param name="shrink">Starts with the input that failed.</param>
    private static InvalidOperationException Failed(string kind, string seed, Exception exception, Action shrink)
    {
        var run = $"{kind}, in the run of {SeedVariable}={Seed}";
        try
        {
            shrink();
            return new($"{run}: the input of seed {seed} failed, but not when repeated.", exception);
        }
        catch (CsCheckException shrunk)
        {
            return new($"{run}: {shrunk.Message}", shrunk.InnerException ?? exception);
        }
    }

    private static string Format(KeyValuePair<string, long> outcome) =>
        FormattableString.Invariant($"{outcome.Value:N0} {outcome.Key}");

    private static ulong? Number(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>The run of one kind. Inputs come in batches, each with its own random sequence.</summary>
    private sealed class KindRun<T>(Gen<T> inputs, Func<T, string> property, long count, ulong runSeed)
    {
        private readonly ConcurrentDictionary<string, long> _outcomes = new();
        private readonly PriorityQueue<string, long> _suspects = new();
        private readonly Lock _lock = new();
        private long _next = -1;
        private long _suspicious;

        public IReadOnlyDictionary<string, long> Outcomes => _outcomes;

        public (string Seed, Exception Exception)? Failure { get; private set; }

        public long MostAllocated { get; private set; }

        public TimeSpan Elapsed { get; private set; }

        /// <summary>Uses threads of its own: the code under test may need those of the pool.</summary>
        public void Complete()
        {
            var started = Stopwatch.GetTimestamp();
            var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Elapsed = Stopwatch.GetElapsedTime(started);
        }

        /// <summary>Measured again: the first inputs ran before the code was compiled.</summary>
        public (TimeSpan Time, string Seed) Slowest() => _suspects.UnorderedItems
            .Select(suspect => (Math.Min(suspect.Priority, MeasuredAgain(suspect.Element)), suspect.Element))
            .Select(suspect => (Stopwatch.GetElapsedTime(0, suspect.Item1), suspect.Element))
            .DefaultIfEmpty((TimeSpan.Zero, "")).Max();

        private long MeasuredAgain(string seed) => Measured(inputs.Generate(PCG.Parse(seed), null, out _)).Ticks;

        private void Work()
        {
            var batches = (count + BatchSize - 1) / BatchSize;
            while (Failure is null && Interlocked.Increment(ref _next) is var batch && batch < batches)
            {
                var random = new PCG((uint)batch, runSeed);
                for (var i = batch * BatchSize; i < Math.Min(count, (batch + 1) * BatchSize) && Failure is null; i++)
                    TryNext(random);
            }
        }

        private void TryNext(PCG random)
        {
            var seed = random.ToString();
            try
            {
                var input = inputs.Generate(random, null, out _);
                var (outcome, ticks, bytes) = Measured(input);
                _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
                Record(seed, input, ticks, bytes);
            }
            catch (Exception exception)
            {
                lock (_lock) Failure ??= (seed, exception);
            }
        }

        /// <summary>
        /// Measured again where it was slow: the thread may have been preempted, and shared collections grow now and
        /// then.
        /// </summary>
        private void Record(string seed, T input, long ticks, long bytes)
        {
            lock (_lock)
                if (ticks < _suspicious && bytes <= MostAllocated) return;
            var again = Enumerable.Range(0, 3).Select(_ => Measured(input)).ToList();
            lock (_lock)
            {
                MostAllocated = Math.Max(MostAllocated, again.Min(one => one.Bytes));
                _suspects.Enqueue(seed, again.Min(one => one.Ticks));
                if (_suspects.Count <= Suspects) return;
                _suspects.Dequeue();
                _suspicious = _suspects.TryPeek(out _, out var least) ? least : 0;
            }
        }

        private (string Outcome, long Ticks, long Bytes) Measured(T input)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var outcome = property(input);
            return (outcome, Stopwatch.GetTimestamp() - started, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
    }
}
