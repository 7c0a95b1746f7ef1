using Connectivity.Aws;
using Connectivity.Domain;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

/// <summary>The option of the commands that concern an account.</summary>
public abstract class AccessInput : NetCoreInput
{
    [Description("The account id, twelve digits; the configured account if omitted")]
    [FlagAlias("account", longAliasOnly: true)]
    public string? AccountFlag { get; set; }

    /// <exception cref="CommandFailureException">The value is not an account id.</exception>
    internal string AccountId(IServiceProvider services)
    {
        var account = AccountFlag ?? services.GetRequiredService<Account>().Id;
        return Account.IsId(account)
            ? account
            : throw new CommandFailureException("An account id has twelve digits.");
    }

    /// <summary>In the configured region.</summary>
    /// <exception cref="CommandFailureException">The value is not an account id.</exception>
    internal Account AccountAndRegion(IServiceProvider services) =>
        services.GetRequiredService<Account>() with { Id = AccountId(services) };

    internal static string Required(string? value, string name) =>
        value ?? throw new CommandFailureException($"{name} is missing.");

    internal static CommandFailureException NoSuchAction(params string[] actions) =>
        new($"The first argument must be one of {string.Join(", ", actions)}.");

    internal static string UserName(string? value) => IamName.IsUser(Required(value, "The user's name"))
        ? value!
        : throw new CommandFailureException($"A user's name has the form {IamName.UserPattern}.");
}
