using System.Diagnostics;
using Connectivity.Projections.Lifecycle.Rebuild;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class RebuildInput : NetCoreInput
{
    [Description("Only reports the things whose records would be replaced, one line for each; fails if there are any")]
    public bool CheckFlag { get; set; }
}

/// <summary>
/// <c>rebuild</c>: folds every stream again and replaces the records that differ. Hosts keep serving in the meantime.
/// </summary>
[Description("Folds every stream of lifecycle events again and replaces the records that differ", Name = "rebuild")]
public sealed class RebuildCommand : HostCommand<RebuildInput>
{
    protected override async Task RunAsync(
        RebuildInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var rebuild = services.GetRequiredService<ProjectionRebuild>();
        if (!input.CheckFlag)
        {
            var done = await rebuild.RunAsync(new ProgressLines(TextWriter.Null), stop);
            output.WriteLine(
                $"{done.Things} things with {done.Events} events were folded again; {done.Differences} records differed.");
            return;
        }

        var found = await rebuild.CheckAsync(new ProgressLines(output), stop);
        if (found.Differences > 0)
            throw new CommandFailureException($"{found.Differences} records differ from their streams.");
    }

    /// <summary>Differences, one a line, and on standard error how far the rebuild is, every five seconds.</summary>
    private sealed class ProgressLines(TextWriter differences) : IProgress<RebuildProgress>
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

        private readonly Stopwatch _running = Stopwatch.StartNew();
        private TimeSpan _next = Interval;

        public void Report(RebuildProgress value)
        {
            foreach (var difference in value.Latest) differences.WriteLine(difference);
            if (_running.Elapsed < _next) return;
            _next = _running.Elapsed + Interval;
            Console.Error.WriteLine(
                $"{value.Account}: {value.Things} things, {value.Events} events, "
                + $"{value.Events / _running.Elapsed.TotalSeconds:F0} a second, {value.Differences} differences");
        }
    }
}
