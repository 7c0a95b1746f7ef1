using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Heart.Load;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>
/// Measures several kinds of work in turn, slice by slice: floor, ours, floor, ours … What disturbs a shared machine
/// then disturbs all of them, and their ratio remains.
/// </summary>
public sealed class Alternation(
    HeartOptions options, int databaseProcessId, params IReadOnlyCollection<HostProcess> hosts)
{
    private const int Rounds = 4;

    /// <summary>Which are not counted: in these, hosts compile their code and caches fill.</summary>
    private const int WarmUpRounds = 2;

    private readonly List<(SeriesTotals Totals, Func<TimeSpan, Task<LoadResult>> Run)> _kinds = [];

    /// <param name="operation">What is counted, such as <c>event</c>.</param>
    public SeriesTotals Add(string name, string operation, Func<TimeSpan, Task<LoadResult>> run)
    {
        var totals = new SeriesTotals(name, operation);
        _kinds.Add((totals, run));
        return totals;
    }

    /// <summary>Warms each kind up, and then measures it for the seconds of the options.</summary>
    public async Task RunAsync()
    {
        var slice = TimeSpan.FromSeconds(options.Seconds) / Rounds;
        for (var round = 0; round < WarmUpRounds; round++)
            foreach (var (_, run) in _kinds)
                await run(slice);
        for (var round = 0; round < Rounds; round++)
            foreach (var (totals, run) in _kinds)
            {
                var before = await ResourceUse.ReadAsync(hosts, databaseProcessId);
                var result = await run(slice);
                totals.Add(result, await ResourceUse.ReadAsync(hosts, databaseProcessId) - before);
                Console.Error.WriteLine(
                    $"  {totals.Name}: {result.Done / result.Elapsed.TotalSeconds:N0}/s, {result.Refused} refused");
            }
    }
}
