using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>Errors for a wrong command line, and names that look like flags.</summary>
public sealed class CommandLineTests(SecureHost secure) : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private ApiHost Host => secure.Host;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("keys", "must be one of create, list, disable, delete, rotate")]
    [InlineData("policies", "must be one of attach, detach, list, simulate")]
    [InlineData("devices", "must be one of create, list, revoke")]
    [InlineData("limits", "must be one of list, set, reset")]
    [InlineData("keys make ann", "must be one of create, list, disable, delete, rotate")]
    [InlineData("devices create pump --colour red", "Unknown argument or flag")]
    [InlineData("kees list", "'kees' is not a command")]
    public async Task A_wrong_command_line_prints_the_reason_first(string command, string reason)
    {
        var answer = await RunAsync(command.Split(' '));

        answer.ShouldFail(reason);
        answer.Errors.ShouldNotContain("Searching");
        var first = answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .First(line => line != "Invalid usage");
        first.ShouldContain(reason);
    }

    [Fact]
    public async Task A_command_that_succeeds_prints_nothing_to_standard_error() =>
        (await RunAsync("keys", "list")).Errors.Trim().ShouldBeEmpty();

    [Theory]
    [InlineData("-x")]
    [InlineData("--account")]
    [InlineData("--")]
    public async Task A_name_that_looks_like_a_flag_is_accepted_after_two_hyphens(string name)
    {
        await Host.CreateThingAsync(name);
        try
        {
            (await RunAsync("devices", "create", "--", name)).ShouldSucceed().ShouldContain($"username = {name}\n");
            (await RunAsync("devices", "list", "--", name)).ShouldSucceed().ShouldStartWith($"{name}  password-");
        }
        finally
        {
            await Host.DeleteThingAsync(name);
        }
    }

    private Task<CommandAnswer> RunAsync(params string[] arguments) =>
        HostProcess.RunAsync(_directory, Host.ConnectionString, arguments);
}
