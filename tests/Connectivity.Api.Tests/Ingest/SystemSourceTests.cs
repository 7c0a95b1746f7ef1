using System.Text.Json.Nodes;
using Connectivity.Api.Ingest;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Wolverine;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>Sources are zones of trust: a request can't speak for the gateway, and can't move its numbers.</summary>
public sealed class SystemSourceTests(IndexingHost indexing)
{
    private const string Reason = "its source is one of the system's own";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiHost Host => indexing.Host;

    [Theory]
    [InlineData("")]
    [InlineData("?import=true")]
    public async Task An_event_that_claims_to_be_of_the_gateway_is_rejected_and_leaves_nothing(string query)
    {
        var thing = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, thing);
        await Eventually.Is(() => Host.IsConnectedAsync(thing), because: "the thing reads connected");
        var (before, stream) = ((await Host.AskAsync(thing)).Body, await StreamAsync(thing));
        var live = (await Host.EventsAsync(thing)).Single().GetProperty("connection");

        JsonObject[] claims =
        [
            // The end of the connection that is open, the next connection, and the last number there is.
            OfGateway(Event.Disconnected(thing, live.GetProperty("versionNumber").GetInt64()))
                .With("sessionIdentifier", live.Text("sessionIdentifier")),
            OfGateway(Event.Connected(thing, live.GetProperty("versionNumber").GetInt64() + 1)),
            OfGateway(Event.Disconnected(thing, long.MaxValue)),
            OfGateway(Event.Connected("not-registered")),
            OfGateway(Event.Connected(thing, 1, DateTimeOffset.UtcNow.AddYears(-1))),
        ];
        (await ReportAsync(query, [.. claims, .. claims.Select(claim => claim.DeepClone().AsObject())]))
            .ShouldBe(Enumerable.Repeat<(string, string?)>(("rejected", Reason), 2 * claims.Length));

        (await Host.AskAsync(thing)).Body.ShouldBe(before);
        (await StreamAsync(thing)).ShouldBe(stream);
    }

    [Fact]
    public async Task The_next_connection_of_a_device_is_newer_whatever_was_claimed()
    {
        var thing = await Host.CreateThingAsync();
        await Host.ReportAsync(OfGateway(Event.Connected(thing, long.MaxValue)));
        for (var i = 0; i < 2; i++)
        {
            await using var device = await Device.ConnectAsync(Host, thing);
            await Eventually.Is(() => Host.IsConnectedAsync(thing), because: "the connect counts");
            await device.DisconnectAsync();
            await Eventually.Is(async () => !await Host.IsConnectedAsync(thing), because: "the disconnect counts");
        }

        (await Host.EventsAsync(thing)).Select(e => e.GetProperty("connection").GetProperty("versionNumber").GetInt64())
            .ShouldAllBe(version => version <= DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?import=true")]
    public async Task An_event_of_the_gateway_that_is_sent_back_is_a_duplicate(string query)
    {
        var thing = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, thing);
        await Eventually.Is(async () => (await Host.EventsAsync(thing)).Count == 1, because: "the connect is stored");
        var stored = (await Host.EventsAsync(thing)).Single();
        var connection = stored.GetProperty("connection");
        JsonObject SentBack() => OfGateway(Event.Connected(
                thing,
                connection.GetProperty("versionNumber").GetInt64(),
                stored.GetProperty("occurredAt").GetDateTimeOffset()))
            .With("sessionIdentifier", connection.Text("sessionIdentifier"));

        (await ReportAsync(query, SentBack(), SentBack())).ShouldBe([("duplicate", null), ("duplicate", null)]);
        (await Host.EventsAsync(thing)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_disconnect_of_the_system_may_bring_the_greatest_number_and_devices_still_connect()
    {
        var thing = await Host.CreateThingAsync();
        var key = new ConnectionKey(EventSource.Gateway, "imported", long.MaxValue);
        await using var scope = Host.Services.CreateAsyncScope();
        var ingested = await scope.ServiceProvider.GetRequiredService<IMessageBus>()
            .InvokeAsync<LifecycleEventsIngested>(
                new IngestLifecycleEvents(
                    Host.Services.GetRequiredService<Account>(),
                    [
                        new ThingDisconnected(
                            thing, key, EventTime.Truncate(DateTimeOffset.UtcNow.AddSeconds(-1)), null,
                            SessionDetails.None, SocketInformation.None, null, null),
                    ],
                    Backdating.Disallowed,
                    EventOrigin.System),
                Ct);
        ingested.Result.All().ShouldBe([Outcome.Accepted]);

        await using var device = await Device.ConnectAsync(Host, thing);
        await Eventually.Is(
            () => Host.IsConnectedAsync(thing), because: "of equal numbers the later connection is newer");
        var stranger = await Host.CreateThingAsync();
        await using var other = await Device.ConnectAsync(Host, stranger);
        await Eventually.Is(() => Host.IsConnectedAsync(stranger), because: "another device has its own numbers");
        (await Host.EventsAsync(stranger)).Single().GetProperty("connection").GetProperty("versionNumber").GetInt64()
            .ShouldBeLessThan(long.MaxValue);
    }

    private static JsonObject OfGateway(JsonObject lifecycleEvent) => lifecycleEvent.With("source", "gateway");

    private async Task<IReadOnlyList<string>> StreamAsync(string thing) =>
        [.. (await Host.EventsAsync(thing)).Select(e => e.ToString())];

    private async Task<IReadOnlyList<(string Outcome, string? Reason)>> ReportAsync(
        string query, params JsonObject[] events)
    {
        var answer = await Host.PostAsync($"/v1/lifecycle-events{query}", new JsonArray(events).ToJsonString());
        answer.Status.ShouldBe(200, answer.Body);
        return ApiHost.Outcomes(answer);
    }
}
