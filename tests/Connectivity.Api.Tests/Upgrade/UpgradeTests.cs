using System.Text.Json;
using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using static Connectivity.Api.Tests.Upgrade.AnswerDifferences;

namespace Connectivity.Api.Tests.Upgrade;

/// <summary>
/// A data directory of an earlier release opens with nothing lost, pending work is completed, and opening it a second
/// time changes nothing. The assertions are on what must survive (stored events, answers, keys, policies and limits)
/// and not on how it is stored.
/// </summary>
public sealed partial class UpgradeTests(UpgradedHost host) : IClassFixture<UpgradedHost>
{
    private const string Account = UpgradeFixture.Account;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_stored_event_of_a_current_generation_is_still_there_unchanged()
    {
        host.EventsBefore.Count.ShouldBeGreaterThan(60, "the fixture has a history");
        foreach (var (id, text) in host.EventsBefore) host.First.Events.GetValueOrDefault(id).ShouldBe(text);
    }

    [Fact]
    public void Every_request_is_answered_as_the_earlier_release_answered_it()
    {
        UpgradeFixture.Answers.Count.ShouldBeGreaterThan(90, "the fixture has answers");
        var differences = UpgradeFixture.Answers.Zip(host.First.Answers)
            .SelectMany(pair => Differences(pair.First, pair.Second));

        string.Join('\n', differences).ShouldBeEmpty();
    }

    [Fact]
    public void Only_things_with_pending_work_have_new_events()
    {
        var added = host.First.Events.Where(stored => !host.EventsBefore.ContainsKey(stored.Key))
            .Select(stored => stored.Value);

        added.Where(text => !UpgradedHost.PendingThings.Any(name => text.Contains($"\"{name}\""))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("lamp-orphaned")]
    [InlineData("lamp-orphaned-5")]
    public void A_session_that_a_killed_host_left_open_ends_when_that_host_was_last_known_alive(string name)
    {
        var session = host.SessionsBefore.Single(session => session.ClientId == name);
        var (record, events) = (host.First.Things[name].Record, host.First.Things[name].Events);

        EventTypes(events).ShouldBe(["connected", "disconnected"]);
        ShouldBeDisconnected(record, "SERVER_ERROR", EndOf(session.ConnectedAt));
        record.GetProperty("connection").Text("sessionIdentifier").ShouldBe(session.SessionIdentifier);
        Time(record, "connectedAt").ShouldBe(session.ConnectedAt);
        Time(events[1], "occurredAt").ShouldBe(EndOf(session.ConnectedAt));
    }

    [Fact]
    public void A_spilled_connect_is_stored()
    {
        var spilled = Spilled("lamp-spilled", "connected");
        var (record, events) = (host.First.Things["lamp-spilled"].Record, host.First.Things["lamp-spilled"].Events);

        ShouldBeTheSpilled(events[0], spilled);
        record.GetProperty("keepAliveDuration").GetInt32().ShouldBe(60);
        Time(record, "connectedAt").ShouldBe(Time(spilled, "occurredAt"));
        Differences(spilled.GetProperty("connection"), record.GetProperty("connection")).ShouldBeEmpty();
    }

    [Fact]
    public void A_spilled_connect_ends_with_the_host_that_spilled_it()
    {
        var spilled = Spilled("lamp-spilled", "connected");
        var (record, events) = (host.First.Things["lamp-spilled"].Record, host.First.Things["lamp-spilled"].Events);

        EventTypes(events).ShouldBe(["connected", "disconnected"]);
        ShouldBeDisconnected(record, "SERVER_ERROR", EndOf(Time(spilled, "occurredAt")));
    }

    [Fact]
    public void A_spilled_disconnect_is_stored()
    {
        var spilled = Spilled("lamp-end-spilled", "disconnected");

        var stored = host.First.Things["lamp-end-spilled"].Events
            .Where(stored => stored.Text("eventType") == "disconnected")
            .Single(stored => stored.Text("disconnectReason") == "CLIENT_INITIATED_DISCONNECT");

        ShouldBeTheSpilled(stored, spilled);
    }

    [Fact]
    public void A_spilled_disconnect_outranks_the_end_that_was_inferred_from_the_death_of_its_host()
    {
        var spilled = Spilled("lamp-end-spilled", "disconnected");

        var record = host.First.Things["lamp-end-spilled"].Record;

        ShouldBeDisconnected(record, "CLIENT_INITIATED_DISCONNECT", Time(spilled, "occurredAt"));
    }

    [Fact]
    public void A_connection_that_was_spilled_from_connect_to_disconnect_is_stored_whole()
    {
        var (connect, disconnect) =
            (Spilled("lamp-visit-spilled", "connected"), Spilled("lamp-visit-spilled", "disconnected"));
        var (record, events) =
            (host.First.Things["lamp-visit-spilled"].Record, host.First.Things["lamp-visit-spilled"].Events);

        EventTypes(events).ShouldBe(["connected", "disconnected"]);
        ShouldBeTheSpilled(events[0], connect);
        ShouldBeTheSpilled(events[1], disconnect);
        ShouldBeDisconnected(record, "CLIENT_INITIATED_DISCONNECT", Time(disconnect, "occurredAt"));
    }

    [Fact]
    public void A_pending_purge_removes_the_tables_of_the_ended_generation()
    {
        host.TablesOfEndedGenerations.Count.ShouldBe(3, "the fixture has a generation to purge");
        host.First.Tables.Intersect(host.TablesOfEndedGenerations).ShouldBeEmpty();
    }

    [Fact]
    public void Starting_a_second_time_changes_nothing()
    {
        host.Second.Image.Except(host.First.Image).ShouldBeEmpty();
        host.First.Image.Except(host.Second.Image).ShouldBeEmpty();
        host.Second.Image.Count.ShouldBe(host.First.Image.Count);
        UpgradeFixture.Answers.Zip(host.Second.Answers)
            .SelectMany(pair => Differences(pair.First, pair.Second)).ShouldBeEmpty();
        foreach (var name in UpgradedHost.PendingThings)
        {
            Differences(host.First.Things[name].Record, host.Second.Things[name].Record).ShouldBeEmpty();
            Differences(host.First.Things[name].Stream, host.Second.Things[name].Stream).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Neither_start_logs_an_error() =>
        host.Output.Split('\n').Where(line => Error().IsMatch(line)).ShouldBeEmpty(host.Output);

    [Theory]
    [InlineData(UpgradeFixture.Account)]
    [InlineData(UpgradeFixture.OtherAccount)]
    public async Task Events_that_the_earlier_release_stored_are_duplicates_when_they_are_sent_again(string account)
    {
        var events = UpgradeFixture.PostedEvents(account);

        var answer = await host.SendAsync(
            UpgradeFixture.Administrator(account), "POST", "/v1/lifecycle-events?import=true", events,
            "application/x-ndjson");

        answer.Status.ShouldBe(200, answer.Body);
        ApiHost.Outcomes(answer).Select(item => item.Outcome)
            .ShouldBe(Enumerable.Repeat("duplicate", events.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public async Task Access_keys_and_their_policies_stay_in_force()
    {
        const string Permitted = "/things/pump-connected/connectivity-data";
        const string Denied = "/things/lamp-ended/connectivity-data";

        (await host.SendAsync(UpgradeFixture.KeyOf("reader"), "POST", Permitted, "{}")).Status.ShouldBe(200);
        (await host.SendAsync(UpgradeFixture.KeyOf("reader"), "POST", Denied, "{}")).Status.ShouldBe(403);
        (await host.SendAsync(UpgradeFixture.KeyOf("former"), "POST", Permitted, "{}"))
            .Status.ShouldBe(403, "the key was disabled");
    }

    [Fact]
    public async Task An_account_keeps_its_own_limits()
    {
        var limits = (await host.RunAsync("limits", "list")).ShouldSucceed();

        var limit = limits.Split('\n')
            .Single(line => line.StartsWith("GetThingConnectivityData", StringComparison.Ordinal));
        limit.ShouldContain("1234");
        limit.ShouldContain("2345");
    }

    [Fact]
    public async Task A_device_connects_with_its_password_and_its_policy_applies()
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var connect = new MqttClientOptionsBuilder().WithClientId("lamp-ended")
            .WithTcpServer("127.0.0.1", host.MqttPort).WithCredentials("lamp-ended", UpgradeFixture.DevicePassword)
            .WithProtocolVersion(MqttProtocolVersion.V500);
        var publish = new MqttApplicationMessageBuilder().WithTopic("lamps/1")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);

        (await client.ConnectAsync(connect.Build(), Ct)).ResultCode.ShouldBe(MqttClientConnectResultCode.Success);
        (await client.PublishAsync(publish.Build(), Ct))
            .ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized, "its policy lets it connect and subscribe");

        await client.DisconnectAsync(new MqttClientDisconnectOptionsBuilder().Build(), Ct);
    }

    [Fact]
    public async Task The_name_of_a_deleted_thing_is_still_remembered()
    {
        var administrator = UpgradeFixture.Administrator(Account);
        var unused = $"pump-{Guid.NewGuid():N}";

        (await OutcomeOfPastEventAsync(unused)).ShouldBe("accepted", "60 s are within the tolerance for clocks");
        (await OutcomeOfPastEventAsync("pump-removed")).ShouldBe("ignored", "it may be the deleted thing's");

        async Task<string> OutcomeOfPastEventAsync(string name)
        {
            (await host.SendAsync(administrator, "POST", $"/things/{name}", "{}")).Status.ShouldBe(200);
            var past = Event.Connected(name, at: DateTimeOffset.UtcNow.AddSeconds(-60)).ToJsonString();
            var answer = await host.SendAsync(administrator, "POST", "/v1/lifecycle-events", past);
            return ApiHost.Outcomes(answer).Single().Outcome;
        }
    }

    private static JsonElement Spilled(string clientId, string kind) => UpgradeFixture.SpilledEvents
        .Where(line => line.Has(kind)).Select(line => line.GetProperty(kind))
        .Single(spilled => spilled.Text("clientId") == clientId);

    private static DateTimeOffset Time(JsonElement json, string member) => json.GetProperty(member).GetDateTimeOffset();

    private static string[] EventTypes(IEnumerable<JsonElement> events) =>
        [.. events.Select(stored => stored.Text("eventType")!)];

    private static void ShouldBeDisconnected(JsonElement record, string reason, DateTimeOffset at)
    {
        record.GetProperty("connected").GetBoolean().ShouldBeFalse();
        record.Text("disconnectReason").ShouldBe(reason);
        Time(record, "disconnectedAt").ShouldBe(at);
    }

    private static void ShouldBeTheSpilled(JsonElement stored, JsonElement spilled)
    {
        Time(stored, "occurredAt").ShouldBe(Time(spilled, "occurredAt"));
        stored.Text("principalIdentifier").ShouldBe(spilled.Text("principalIdentifier"));
        Differences(spilled.GetProperty("connection"), stored.GetProperty("connection")).ShouldBeEmpty();
        Differences(spilled.GetProperty("socket"), stored.GetProperty("socket")).ShouldBeEmpty();
    }

    /// <summary>The last moment the killed host is known alive, in milliseconds, and not before the connect.</summary>
    private DateTimeOffset EndOf(DateTimeOffset connectedAt)
    {
        var alive = DateTimeOffset.FromUnixTimeMilliseconds(host.LastAlive.ToUnixTimeMilliseconds());
        return alive > connectedAt ? alive : connectedAt;
    }

    /// <summary>The beginning of an entry of the console's log.</summary>
    [GeneratedRegex("^(fail|crit): ")]
    private static partial Regex Error();
}
