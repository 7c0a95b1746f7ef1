using Connectivity.Projections.Lifecycle;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

/// <summary><c>rebuild</c>: folds every stream into its record again. A host may go on serving meanwhile.</summary>
[Description("Folds every stream of lifecycle events into its record again", Name = "rebuild")]
public sealed class RebuildCommand : HostCommand<NetCoreInput>
{
    protected override async Task RunAsync(NetCoreInput input, IServiceProvider services, TextWriter output, CancellationToken stop) =>
        output.WriteLine($"{await services.GetRequiredService<RecordRebuild>().RunAsync(stop)} things were folded again.");
}
