using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// Every later release reads what is stored: the files beside this test are that contract. A difference is an error, or
/// a new form that needs a file of its own while the old forms are still read.
/// </summary>
public sealed class StoredFormTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 34, 56, 789, TimeSpan.Zero);
    private static readonly ConnectionKey Connection = new("gateway", "4d1b9f1e", 1_772_368_496_789);

    private static readonly ThingConnected FullConnected = new(
        "lamp", Connection, At, "a5c2f1", new SessionDetails(30, true, 3600),
        new SocketInformation("192.0.2.7", 49152, "198.51.100.1", 8883, "vpce-0123456789abcdef0"));

    private static readonly ThingDisconnected FullDisconnected = new(
        "lamp", Connection, At.AddMinutes(1), "a5c2f1", FullConnected.Session, FullConnected.Socket,
        DisconnectReason.MqttKeepAliveTimeout, false);

    private static readonly ThingConnected MinimalConnected =
        new("lamp", Connection, At, null, SessionDetails.None, SocketInformation.None);

    private static readonly ThingDisconnected MinimalDisconnected =
        new("lamp", Connection, At.AddMinutes(1), null, SessionDetails.None, SocketInformation.None, null, null);

    public static TheoryData<string, LifecycleEvent> ApprovedEvents => new()
    {
        { "thing_connected.full", FullConnected },
        { "thing_connected.minimal", MinimalConnected },
        { "thing_disconnected.full", FullDisconnected },
        { "thing_disconnected.minimal", MinimalDisconnected },
    };

    private StoreHost Host => database.Host;

    [Theory]
    [MemberData(nameof(ApprovedEvents), DisableDiscoveryEnumeration = true)]
    public async Task An_event_is_stored_in_its_approved_form(string approved, LifecycleEvent lifecycleEvent)
    {
        var (account, generation, thingId) = await AThingAsync();
        (await Host.ImportAsync(account, lifecycleEvent)).ShouldBe([Outcome.Accepted]);

        const string theEvent = "from connectivity.mt_events where tenant_id = $1";
        (await Host.ScalarAsync<string>($"select type {theEvent}", generation.TenantId))
            .ShouldBe(approved.Split('.')[0]);
        ShouldBeApproved(
            approved, await Host.ScalarAsync<string>($"select data::text {theEvent}", generation.TenantId));
        (await Stored.StreamAsync(Host, generation, thingId)).ShouldBe([lifecycleEvent]);
    }

    [Fact]
    public async Task A_record_is_stored_in_its_approved_form()
    {
        var (account, generation, thingId) = await AThingAsync();
        await Host.ImportAsync(account, FullConnected, FullDisconnected);

        var stored = await Host.ScalarAsync<string>(
            $"select data::text from {ConnectivitySchema.Records} where tenant_id = $1", generation.TenantId);

        ShouldBeApproved("record.full", stored.Replace(thingId, "THING-ID"));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("minimal")]
    [InlineData("empty-objects")]
    public async Task Events_stored_by_an_earlier_release_are_read_and_folded(string form)
    {
        var (account, generation, thingId) = await AThingAsync();
        await Host.ExecuteAsync(
            "insert into connectivity.mt_streams (tenant_id, id, version) values ($1, $2, 2)", generation.TenantId,
            thingId);
        foreach (var (version, type) in ((int, string)[])
            [(1, ConnectivityStore.ThingConnectedName), (2, ConnectivityStore.ThingDisconnectedName)])
            await Host.ExecuteAsync(
                """
                insert into connectivity.mt_events
                    (tenant_id, stream_id, version, seq_id, id, type, data, mt_dotnet_type)
                values ($1, $2, $3, $3, gen_random_uuid(), $4, $5::text::jsonb, 'A.Removed.Name, Of.A.Removed.Assembly')
                """, generation.TenantId, thingId, version, type, Approved($"{type}.{form}"));

        await Host.Rebuild.RunAsync(null, TestContext.Current.CancellationToken);

        (await Host.AskAsync(account, "lamp")).Record.ShouldBe(form == "full"
            ? new ConnectivityRecord(thingId, FullConnected, FullDisconnected)
            : new ConnectivityRecord(thingId, MinimalConnected, MinimalDisconnected));
    }

    [Fact]
    public async Task A_record_stored_by_an_earlier_release_is_read()
    {
        var (account, generation, thingId) = await AThingAsync();
        await Host.ExecuteAsync(
            $"insert into {ConnectivitySchema.Records} (tenant_id, id, data) values ($1, $2, $3::text::jsonb)",
            generation.TenantId, thingId, Approved("record.full").Replace("THING-ID", thingId));

        (await Host.AskAsync(account, "lamp")).Record
            .ShouldBe(new ConnectivityRecord(thingId, FullConnected, FullDisconnected));
    }

    private async Task<(Account, Generation, string ThingId)> AThingAsync()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        return (account, generation, (await Host.CreateAsync(account, "lamp")).ThingId);
    }

    private static string Approved(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Lifecycle", "StoredEvents", name + ".json")).TrimEnd();

    /// <summary>
    /// Compares the texts line by line; what is stored and not approved is marked +, what is approved and not stored -.
    /// </summary>
    private static void ShouldBeApproved(string name, string stored)
    {
        var actual = JsonNode.Parse(stored)!.ToJsonString(Indented).Split('\n');
        var approved = Approved(name).ReplaceLineEndings("\n").Split('\n');
        if (actual.SequenceEqual(approved)) return;
        Assert.Fail(string.Join('\n', (string[])
        [
            $"{name}.json differs from what is stored:",
            .. actual.Except(approved).Select(line => "+" + line),
            .. approved.Except(actual).Select(line => "-" + line),
            "stored:",
            .. actual,
        ]));
    }
}
