using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

/// <summary>
/// A command of the host. It works on the same database as running hosts. Standard output contains its answer and
/// nothing else.
/// </summary>
public abstract class HostCommand<TInput> : JasperFxAsyncCommand<TInput>
    where TInput : NetCoreInput
{
    public sealed override async Task<bool> Execute(TInput input)
    {
        using var host = input.BuildHost();
        var stop = host.Services.GetRequiredService<ShutdownSignal>().Token;
        await host.Services.GetRequiredService<DatabaseSchema>().BringUpToDateAsync();
        try
        {
            await RunAsync(input, host.Services, Console.Out, stop);
            return true;
        }
        catch (CommandFailureException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return false;
        }
    }

    /// <exception cref="CommandFailureException">The command failed; the message gives the reason.</exception>
    protected abstract Task RunAsync(
        TInput input, IServiceProvider services, TextWriter output, CancellationToken stop);
}
