using Connectivity.Benchmarks;
using Connectivity.Benchmarks.Access;

// Each benchmark measures its floor in the same run: machines are shared, and only the ratio is meaningful.
switch (args)
{
    case ["visibility", .. var rest]:
        await VisibilityBenchmark.RunAsync(changesOfEach: rest.Length > 0 ? int.Parse(rest[0]) : 200);
        return 0;
    case ["contention"]:
        await ContentionBenchmark.RunAsync();
        return 0;
    case ["access", .. var filters]:
        return AccessBenchmarks.Run(filters) ? 0 : 1;
    default:
        Console.Error.WriteLine("visibility [CHANGES]   from the gateway's decision to the query that returns it");
        Console.Error.WriteLine("contention             many writers of one thing");
        Console.Error.WriteLine("access [FILTER]        from a request's arrival to its authorization");
        return 1;
}
