using Connectivity.Access.Policies;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class PoliciesInput : AccessInput
{
    [Description("attach, detach, list or simulate (evaluate a request)")]
    public string Action { get; set; } = "";

    [Description("The user; list: all users if omitted")]
    public string? User { get; set => field = CommandLine.Value(value); }

    [Description("attach, detach: the policy's name. simulate: the action, such as iot:GetThingConnectivityData")]
    public string? NameOrAction { get; set => field = CommandLine.Value(value); }

    [Description(
        "attach: the file with the policy, in AWS IAM's JSON policy language. simulate: the resource, an ARN or *")]
    public string? FileOrResource { get; set => field = CommandLine.Value(value); }

    [Description(
        "simulate: condition keys and their values, as --context aws:SourceIp=10.0.0.1 aws:SecureTransport=true")]
    public IEnumerable<string> ContextFlag { get; set; } = [];
}

/// <summary><c>policies</c>: what users may do. A policy is checked in full when it is attached.</summary>
[Description("Attaches, detaches, lists and simulates the policies of users", Name = "policies")]
public sealed class PoliciesCommand : HostCommand<PoliciesInput>
{
    public PoliciesCommand()
    {
        Usage("name the actions").Arguments();
        Usage("list the policies of the account").Arguments(input => input.Action);
        Usage("list the policies of a user").Arguments(input => input.Action, input => input.User!);
        Usage("detach a policy from a user")
            .Arguments(input => input.Action, input => input.User!, input => input.NameOrAction!);
        Usage("attach a policy to a user, or simulate a request").Arguments(
            input => input.Action, input => input.User!, input => input.NameOrAction!, input => input.FileOrResource!);
    }

    protected override Task RunAsync(
        PoliciesInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var policies = services.GetRequiredService<UserPolicyStore>();
        var account = input.AccountId(services);
        return input.Action switch
        {
            "attach" => AttachAsync(input, account, policies, output, stop),
            "detach" => DetachAsync(input, account, policies, output, stop),
            "list" => ListAsync(input, account, policies, output, stop),
            "simulate" => SimulateAsync(input, account, policies, output, stop),
            _ => throw AccessInput.NoSuchAction("attach", "detach", "list", "simulate"),
        };
    }

    /// <summary>The policy in a file, checked in full.</summary>
    /// <param name="known">The condition keys of the requests that the policy is for.</param>
    /// <exception cref="CommandFailureException">
    /// The file can't be read, or the policy is not valid; the message contains every error with its path.
    /// </exception>
    internal static async Task<string> ReadAsync(string file, KnownConditionKeys known, CancellationToken stop)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file, stop);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{file} can't be read: {exception.Message}");
        }

        var errors = known.Check(text);
        return errors.Count == 0
            ? text
            : throw new CommandFailureException(
                string.Join(Environment.NewLine, [$"{file} is not a valid policy:", .. errors]));
    }

    private static async Task AttachAsync(
        PoliciesInput input, string account, UserPolicyStore policies, TextWriter output, CancellationToken stop)
    {
        var (user, name) = (AccessInput.UserName(input.User), PolicyName(input.NameOrAction));
        var file = AccessInput.Required(input.FileOrResource, "The policy's file");
        var document = await ReadAsync(file, UserConditionKeys.Known, stop);
        await policies.AttachAsync(new StoredPolicy(account, user, name, document), stop);
        output.WriteLine($"{name} is attached to {user}.");
    }

    private static async Task DetachAsync(
        PoliciesInput input, string account, UserPolicyStore policies, TextWriter output, CancellationToken stop)
    {
        var (user, name) = (AccessInput.UserName(input.User), PolicyName(input.NameOrAction));
        if (!await policies.DetachAsync(account, user, name, stop))
            throw new CommandFailureException($"{user} has no policy {name}.");
        output.WriteLine($"{name} is detached from {user}.");
    }

    private static async Task ListAsync(
        PoliciesInput input, string account, UserPolicyStore policies, TextWriter output, CancellationToken stop)
    {
        foreach (var policy in await policies.ListAsync(stop))
        {
            if (policy.AccountId != account || (input.User is not null && policy.UserName != input.User)) continue;
            output.WriteLine($"{policy.UserName}  {policy.PolicyName}");
            if (input.User is not null) output.WriteLine(policy.Document.TrimEnd());
        }
    }

    private static async Task SimulateAsync(
        PoliciesInput input, string account, UserPolicyStore policies, TextWriter output, CancellationToken stop)
    {
        var user = AccessInput.UserName(input.User);
        var context = Caller.ContextOf(account, user, Arn.User(account, user));
        foreach (var pair in input.ContextFlag)
        {
            var parts = pair.Split('=', 2);
            if (parts.Length != 2)
                throw new CommandFailureException($"The context must have the form KEY=VALUE: {pair}");
            context.Set(parts[0], parts[1]);
        }

        var request = new AccessRequest(
            AccessInput.Required(input.NameOrAction, "The action"),
            AccessInput.Required(input.FileOrResource, "The resource"),
            context);
        var attached = (await policies.ListAsync(stop))
            .Where(policy => policy.AccountId == account && policy.UserName == user)
            .Select(policy => PolicyDocument.TryParse(policy.Document, out var document, out _)
                ? new AttachedPolicy(policy.PolicyName, document)
                : throw new CommandFailureException(
                    $"The policy {policy.PolicyName} can't be read: {user} is denied everything."));
        var decision = PolicyEvaluation.Decide([.. attached], request);
        output.WriteLine(AccessDenial.Of(decision, Arn.User(account, user), request)?.Message
            ?? $"Allowed by the policy {decision.Policy!.Name}, statement {decision.Statement!.Name}.");
    }

    private static string PolicyName(string? value) =>
        IamName.IsPolicy(AccessInput.Required(value, "The policy's name"))
            ? value!
            : throw new CommandFailureException($"A policy's name has the form {IamName.PolicyPattern}.");
}
