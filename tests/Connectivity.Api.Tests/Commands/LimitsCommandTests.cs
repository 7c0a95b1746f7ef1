using Connectivity.Access.Limits;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Api.Tests.Security;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The command <c>limits</c> as a user types it, while two hosts are running.</summary>
public sealed class LimitsCommandTests(TwoHosts hosts) : IClassFixture<TwoHosts>, IDisposable
{
    private const string Others =
        """
        Registry  500 a second  2000 at once
        Indexing  10 a second  50 at once
        Ingest  10000 a second  20000 at once
        History  100 a second  400 at once
        """;

    private readonly string _directory = TemporaryDirectory.Make();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_limit_of_an_account_applies_on_both_hosts_until_it_is_reset()
    {
        var (user, other) = (await hosts.NewUserAsync(), await hosts.NewUserAsync());
        // The command reads its own settings and so prints the defaults: only the test hosts have raised limits.
        (await RunAsync("set", OperationGroup.GetThingConnectivityData, "1.5", "--account", user.AccountId))
            .ShouldSucceed()
            .ShouldBe($"GetThingConnectivityData  1.5 a second  3 at once\n{Others}");
        foreach (var host in hosts.Both)
            await Eventually.Is(
                async () => !await TwoHosts.IsAdmittedAsync(host, user), because: "the limit applies on the host");
        for (var i = 0; i < 20; i++)
            (await TwoHosts.IsAdmittedAsync(hosts.Both[i % 2], other))
                .ShouldBeTrue("the limit belongs to another account");

        (await RunAsync("reset", OperationGroup.GetThingConnectivityData, "--account", user.AccountId)).ShouldSucceed()
            .ShouldBe($"GetThingConnectivityData  350 a second  700 at once\n{Others}");
        foreach (var host in hosts.Both)
            await Eventually.Is(async () =>
            {
                for (var i = 0; i < 20; i++)
                    if (!await TwoHosts.IsAdmittedAsync(host, user)) return false;
                return true;
            }, because: "the defaults apply again");
    }

    [Fact]
    public async Task Refuses_unknown_operation_groups_and_limits_out_of_range()
    {
        foreach (var (arguments, reason) in ((string[], string)[])
        [
            (["set", "Everything", "1"],
                "Limits are on GetThingConnectivityData, Registry, Indexing, Ingest, History."),
            (["set", OperationGroup.Registry, "many"], "A limit is 1 to 1000000, a second and at once."),
            (["set", OperationGroup.Registry, "5", "--burst", "0"], "A limit is 1 to 1000000, a second and at once."),
        ])
            (await RunAsync(arguments)).ShouldFail(reason);
    }

    private Task<CommandAnswer> RunAsync(params string[] arguments) =>
        HostProcess.RunAsync(_directory, hosts.First.ConnectionString, ["limits", .. arguments]);
}
