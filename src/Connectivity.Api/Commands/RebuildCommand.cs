using Connectivity.Projections.Lifecycle;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

/// <summary><c>rebuild</c>: folds every stream into its record again. Hosts keep serving in the meantime.</summary>
[Description("Folds every stream of lifecycle events into its record again", Name = "rebuild")]
public sealed class RebuildCommand : HostCommand<NetCoreInput>
{
    protected override async Task RunAsync(
        NetCoreInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var things = await services.GetRequiredService<RecordRebuild>().RunAsync(stop);
        output.WriteLine($"{things} things were folded again.");
    }
}
