using System.Diagnostics;
using System.Net;
using Connectivity.Access.Devices;
using Connectivity.Access.Limits;
using Connectivity.Api.Gateway;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Domain;
using static MQTTnet.MqttClientConnectResultCode;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>How many statements the devices of one address can cause before they are authenticated.</summary>
public sealed class CredentialLookupTests
{
    private static readonly IPAddress Flood = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress SameNetwork = IPAddress.Parse("2001:db8::ffff");
    private static readonly IPAddress Other = IPAddress.Parse("2001:db8:0:1::1");

    private readonly List<int> _statements = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_ups_of_one_address_that_wait_share_a_statement_and_other_addresses_do_not_wait()
    {
        var released = new TaskCompletionSource();
        using var lookups = Lookups(() => released.Task);
        var first = FindAsync(lookups, Flood, "wrong");
        var others = Enumerable.Range(0, 500).Select(_ => FindAsync(lookups, SameNetwork, "wrong")).ToList();
        var right = FindAsync(lookups, Flood, "right");
        var elsewhere = FindAsync(lookups, Other, "right");
        _statements.ShouldBe([1, 1]);

        released.SetResult();
        (await first).ShouldBeNull();
        (await Task.WhenAll(others)).ShouldAllBe(found => found == null);
        (await right).ShouldNotBeNull();
        (await elsewhere).ShouldNotBeNull();
        _statements.ShouldBe([1, 1, 501]);
    }

    [Fact]
    public async Task An_address_that_fails_too_often_waits_between_statements_and_gets_right_answers()
    {
        using var lookups = Lookups(() => Task.CompletedTask, burst: 3);
        var time = Stopwatch.StartNew();
        for (var i = 0; i < 10; i++) (await FindAsync(lookups, Flood, "wrong")).ShouldBeNull();
        (await FindAsync(lookups, SameNetwork, "right")).ShouldNotBeNull();
        // The first three, and one in each 100 ms.
        time.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task A_failed_statement_fails_its_look_ups_and_no_later_one()
    {
        var fails = true;
        using var lookups = Lookups(() => fails ? Task.FromException(new TimeoutException()) : Task.CompletedTask);
        await Should.ThrowAsync<TimeoutException>(() => FindAsync(lookups, Flood, "right"));
        fails = false;
        (await FindAsync(lookups, Flood, "right")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_right_password_is_accepted_amid_wrong_ones_of_the_same_address()
    {
        await using var host = await ApiHost.StartAsync(
            null,
            "--Connectivity:Throttling:Failures:PerSecond=1",
            "--Connectivity:Throttling:Failures:Burst=1");
        var pump = await host.CreateThingAsync();
        var password = await host.CreatePasswordAsync(pump);
        var wrong = Enumerable.Range(0, 50).Select(i => AnswerAsync($"wrong-{i}")).ToList();

        (await AnswerAsync(password)).ShouldBe(Success);
        (await Task.WhenAll(wrong)).ShouldAllBe(answer => answer == BadUserNameOrPassword);

        Task<MQTTnet.MqttClientConnectResultCode> AnswerAsync(string? presented) =>
            Device.AnswerAsync(Device.ConnectAsync(host, pump, presented));
    }

    private CredentialLookups Lookups(Func<Task> statement, int burst = 1000) => new(
        new Account("000000000000", "us-east-1"),
        async (_, presented, _) =>
        {
            lock (_statements) _statements.Add(presented.Count);
            await statement();
            return [.. presented.Select(one => one.Kind == "right" ? Credential() : null)];
        },
        new FailureThrottle(new ThrottlingOptions { Failures = new LimitOptions(1, burst) }),
        TimeProvider.System);

    private static Task<DeviceCredential?> FindAsync(CredentialLookups lookups, IPAddress source, string kind) =>
        lookups.FindAsync(source, [new PresentedCredential("pump", kind, [])], Ct);

    private static DeviceCredential Credential() =>
        new("id", "pump", "right", null, default, new Dictionary<string, string>());
}
