using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The command <c>policies</c> as a user types it, while a host is running.</summary>
public sealed class PoliciesCommandTests(AccessHost access) : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    private ApiHost Host => access.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_policy_applies_from_attach_to_detach()
    {
        var user = await Host.CreateUserAsync();
        var document = Policy.Allow("iot:ListIndices", "*");
        (await RunAsync("attach", user.Name, "Reads", File(document))).ShouldSucceed()
            .ShouldBe($"Reads is attached to {user.Name}.");
        await Eventually.Is(async () => await StatusAsync(user) == 200, because: "the policy allows the request");

        (await RunAsync("list", user.Name)).ShouldSucceed().ShouldBe($"{user.Name}  Reads\n{document}");

        (await RunAsync("detach", user.Name, "Reads")).ShouldSucceed().ShouldBe($"Reads is detached from {user.Name}.");
        await Eventually.Is(
            async () => await StatusAsync(user) == 403, because: "no policy allows the request any more");
    }

    [Fact]
    public async Task Refuses_a_policy_with_several_errors_and_lists_them_all()
    {
        var user = await Host.CreateUserAsync();
        var file = File(
            """
            {"Version": "2013-10-17", "Statement": [
              {"Effect": "allow", "Action": "iot:ListThings", "Resource": "*"},
              {"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*",
               "Condition": {"Boolean": {"iot:IncludeSocketInformation": "true"}}},
              {"Effect": "Allow", "Resource": "*"}]}
            """);
        (await RunAsync("attach", user.Name, "Invalid", file))
            .ShouldFail($"{file} is not a valid policy:", "Version", "Statement[0]", "Statement[1]", "Statement[2]");
        (await Host.Policies().ListAsync(Ct)).ShouldNotContain(policy => policy.UserName == user.Name);
    }

    [Fact]
    public async Task Refuses_a_policy_with_a_key_that_no_request_has()
    {
        var user = await Host.CreateUserAsync();
        var file = File(
            """
            {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*",
             "Condition": {"StringEquals": {"iot:ThingGroupArn": "x", "aws:SourceVpce": "vpce-1"}}}}
            """);
        (await RunAsync("attach", user.Name, "Faulty", file)).ShouldFail(
            "Statement.Condition.StringEquals.iot:ThingGroupArn: "
            + "The condition key 'iot:ThingGroupArn' is not available in requests of users.");
        (await Host.Policies().ListAsync(Ct)).ShouldNotContain(policy => policy.UserName == user.Name);
    }

    [Fact]
    public async Task Simulates_the_decision_on_a_real_request()
    {
        var (user, thing) = (await Host.CreateUserAsync(), $"arn:aws:iot:us-east-1:{Users.Account}:thing/pump");
        await Host.AttachAsync(user, "Reads", Policy.Allow("iot:GetThingConnectivityData", thing));
        await Host.AttachAsync(user, "NoSockets",
            """
            {"Version":"2012-10-17","Statement":{"Sid":"Sockets","Effect":"Deny","Action":"*","Resource":"*",
             "Condition":{"Bool":{"iot:IncludeSocketInformation":"true"}}}}
            """);
        string[] request = ["simulate", user.Name, "iot:GetThingConnectivityData", thing];

        (await RunAsync([.. request, "--context", "aws:SourceIp=192.0.2.1"])).ShouldSucceed()
            .ShouldBe("Allowed by the policy Reads, statement Only.");
        (await RunAsync([.. request, "--context", "iot:IncludeSocketInformation=true"])).ShouldSucceed().ShouldBe(
            $"User: {user.Arn} is not authorized to perform: iot:GetThingConnectivityData on resource: {thing} "
            + "with an explicit deny in an identity-based policy: NoSockets, statement Sockets");
    }

    [Theory]
    [InlineData("no-such-file.json can't be read: ", "attach", "ann", "Reads", "no-such-file.json")]
    [InlineData("ann has no policy Reads.", "detach", "ann", "Reads")]
    [InlineData("The context must have the form KEY=VALUE: nothing", "simulate", "ann", "iot:ListThings", "*",
        "--context", "nothing")]
    public async Task Bad_usage_of_the_policies_command_prints_the_reason_and_changes_nothing(
        string reason, params string[] command)
    {
        (await RunAsync(command)).ShouldFail(reason);
        (await Host.Policies().ListAsync(Ct)).ShouldNotContain(policy => policy.UserName.StartsWith("ann"));
    }

    private string File(string policy)
    {
        var path = Path.Combine(_directory, $"{Guid.NewGuid():N}.json");
        System.IO.File.WriteAllText(path, policy);
        return path;
    }

    private Task<CommandAnswer> RunAsync(params string[] command) =>
        HostProcess.RunAsync(Host.DataDirectory, Host.ConnectionString, ["policies", .. command]);

    private async Task<int> StatusAsync(User user) => (await Host.SendAsync(user, "GET", "/indices")).Status;
}
