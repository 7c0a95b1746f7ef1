using Connectivity.Projections.Records;
using JasperFx;
using JasperFx.CommandLine;

namespace Connectivity.Api.Hosting;

/// <summary><c>rebuild</c>: folds every stream into its record again. A host may go on serving meanwhile.</summary>
[Description("Folds every stream of lifecycle events into its record again", Name = "rebuild")]
public sealed class RebuildCommand : JasperFxAsyncCommand<NetCoreInput>
{
    public override async Task<bool> Execute(NetCoreInput input)
    {
        using var host = input.BuildHost();
        await host.Services.BringSchemaUpToDateAsync();
        var things = await host.Services.GetRequiredService<RecordRebuild>()
            .RunAsync(host.Services.GetRequiredService<Interruption>().Token);
        Console.WriteLine($"{things} things were folded again.");
        return true;
    }
}
