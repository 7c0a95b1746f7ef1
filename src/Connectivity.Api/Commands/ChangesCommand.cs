using Connectivity.Projections.Changes;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class ChangesInput : AccessInput
{
    [Description("reset (end all cursors of the account)")]
    public string Action { get; set; } = "";
}

/// <summary>
/// <c>changes reset</c>: after the database was restored from a backup, followers of the change feed must begin again:
/// a number that is a gap in the restored log can't be told from one of a deleted event.
/// </summary>
[Description("Ends all cursors of the change feed, after the database was restored from a backup", Name = "changes")]
public sealed class ChangesCommand : HostCommand<ChangesInput>
{
    protected override async Task RunAsync(
        ChangesInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        if (input.Action != "reset") throw AccessInput.NoSuchAction("reset");
        var account = input.AccountAndRegion(services);
        await services.GetRequiredService<ChangeFeed>().EndCursorsAsync(account, stop);
        output.WriteLine($"All cursors of {account} have ended.");
    }
}
