namespace Connectivity.Benchmarks.Heart.Hosting;

/// <summary>What processes have used since their start, or between two readings.</summary>
/// <param name="Host">Seconds of processor time of all hosts.</param>
/// <param name="Database">Seconds of processor time of PostgreSQL.</param>
/// <param name="Generator">Seconds of processor time of this process.</param>
/// <param name="Allocated">Bytes that all hosts have allocated.</param>
public readonly record struct ResourceUse(double Host, double Database, double Generator, double Allocated)
{
    public static async Task<ResourceUse> ReadAsync(IReadOnlyCollection<HostProcess> hosts, int databaseProcessId)
    {
        var allocated = 0.0;
        foreach (var host in hosts) allocated += (await host.MemoryAsync()).Allocated;
        return new ResourceUse(
            hosts.Sum(host => ProcessorTime.Of(host.Id)),
            ProcessorTime.OfTree(databaseProcessId),
            ProcessorTime.Of(Environment.ProcessId),
            allocated);
    }

    public static ResourceUse operator +(ResourceUse a, ResourceUse b) =>
        new(a.Host + b.Host, a.Database + b.Database, a.Generator + b.Generator, a.Allocated + b.Allocated);

    public static ResourceUse operator -(ResourceUse a, ResourceUse b) =>
        new(a.Host - b.Host, a.Database - b.Database, a.Generator - b.Generator, a.Allocated - b.Allocated);
}
