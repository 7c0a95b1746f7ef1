using System.Globalization;
using Connectivity.Access.Limits;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class LimitsInput : AccessInput
{
    [Description("list, set (a limit for the account) or reset (to the configured limit)")]
    public string Action { get; set; } = "";

    [Description("GetThingConnectivityData, Registry, Indexing, Ingest or History")]
    public string? Operations { get; set => field = CommandLine.Value(value); }

    [Description("Requests per second")]
    public string? PerSecond { get; set => field = CommandLine.Value(value); }

    [Description("set: requests at once; twice the requests per second if omitted")]
    public string? BurstFlag { get; set; }

    /// <exception cref="CommandFailureException">The value is not a number in the range of limits.</exception>
    internal static double Limit(string? value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && LimitOptions.IsValid(number)
            ? number
            : throw new CommandFailureException(
                $"A limit is {LimitOptions.Smallest} to {LimitOptions.Largest}, a second and at once.");
}

/// <summary>
/// <c>limits</c>: how many requests an account may send. A change takes effect on every host within a second.
/// </summary>
[Description("Lists, sets and resets how many requests an account may send", Name = "limits")]
public sealed class LimitsCommand : HostCommand<LimitsInput>
{
    public LimitsCommand()
    {
        Usage("name the actions").Arguments();
        Usage("list the limits of the account").Arguments(input => input.Action);
        Usage("reset a limit to the configured one").Arguments(input => input.Action, input => input.Operations!);
        Usage("set a limit").Arguments(input => input.Action, input => input.Operations!, input => input.PerSecond!);
    }

    protected override async Task RunAsync(
        LimitsInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var account = input.AccountId(services);
        var store = services.GetRequiredService<ThrottleStore>();
        if (input.Action is not ("list" or "set" or "reset")) throw AccessInput.NoSuchAction("list", "set", "reset");
        if (input.Action != "list" && !OperationGroup.All.Contains(input.Operations))
            throw new CommandFailureException($"Limits are on {string.Join(", ", OperationGroup.All)}.");
        if (input.Action == "set")
        {
            var perSecond = LimitsInput.Limit(input.PerSecond);
            var burst = input.BurstFlag is null
                ? Math.Min(2 * perSecond, LimitOptions.Largest)
                : LimitsInput.Limit(input.BurstFlag);
            await store.SetAsync(new StoredLimit(account, input.Operations!, perSecond, burst), stop);
        }
        else if (input.Action == "reset") await store.ResetAsync(account, input.Operations!, stop);

        var limits = services.GetRequiredService<AccountLimits>();
        await limits.LoadAsync(stop);
        foreach (var limit in OperationGroup.All.Select(group => limits.Of(account, group)))
            output.WriteLine(FormattableString.Invariant(
                $"{limit.Operations}  {limit.PerSecond} a second  {limit.Burst} at once"));
    }
}
