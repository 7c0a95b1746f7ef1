using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Security;

/// <summary>Changes of access on one host apply on every other host of the database.</summary>
public sealed class OtherHostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_of_keys_and_policies_on_one_host_apply_on_another()
    {
        await using var here = await ApiHost.StartAsync();
        await using var there = await ApiHost.StartAsync(here.ConnectionString);
        var user = await here.CreateUserAsync();
        await BecomesAsync(there, user, "AccessDeniedException");
        await here.AttachAsync(user, "all", Policy.AllowAll);
        await BecomesAsync(there, user, null);
        (await here.Policies().DetachAsync(user.AccountId, user.Name, "all", Ct)).ShouldBeTrue();
        await BecomesAsync(there, user, "AccessDeniedException");
        await here.DisableAsync(user);
        await BecomesAsync(there, user, "UnrecognizedClientException");

        // A host that lost its LISTEN connection loads the missed changes when it listens again.
        await StoredData.ExecuteAsync(
            here.ConnectionString,
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query ilike 'listen connectivity_access%'
            """);
        var next = await here.CreateUserAsync(Policy.AllowAll);
        await BecomesAsync(there, next, null);
    }

    [Fact]
    public async Task A_stored_policy_that_can_not_be_read_denies_its_user_everything()
    {
        await using var host = await ApiHost.StartAsync();
        host.Log.Expect(401);
        var user = await host.CreateUserAsync(Policy.AllowAll);
        var other = await host.CreateUserAsync(Policy.AllowAll);
        (await host.SendAsync(user, "GET", "/things")).Status.ShouldBe(200);
        await host.AttachAsync(user, "broken", """{"Version":"2012-10-17","Statement":{"Effect":"Refuse"}}""");
        (await host.SendAsync(user, "GET", "/things"))
            .ShouldBeAwsError(403, "AccessDeniedException", user.Denied("iot:ListThings", "*"));
        (await host.SendAsync(other, "GET", "/things")).Status.ShouldBe(200);
        host.Log.Lines
            .ShouldContain(line => line.Id.Id == 401 && line.Text.Contains("broken") && line.Text.Contains(user.Name));
    }

    private static Task BecomesAsync(ApiHost host, User user, string? code) => Eventually.Is(
        async () => (await host.SendAsync(user, "GET", "/indices")).Header("x-amzn-ErrorType") == code,
        because: $"the other host answers {code ?? "200"}");
}
