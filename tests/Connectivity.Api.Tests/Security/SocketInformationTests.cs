using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Addresses are returned only where the configuration, the request and the caller's policy all allow it, and never
/// logged.
/// </summary>
public sealed class SocketInformationTests(AccessHost access, SocketInformationTests.ReticentHost reticent)
    : IClassFixture<SocketInformationTests.ReticentHost>
{
    private static readonly string[] Addresses = ["192.0.2.7", "198.51.100.9", "vpce-0123456789"];

    private static readonly string[] Members = ["sourceIp", "sourcePort", "targetIp", "targetPort", "vpcEndpointId"];

    private static readonly Dictionary<string, string> Policies = new()
    {
        ["allows all"] = Policy.AllowAll,
        // As AWS documents it: nothing is allowed unless the condition key is "false".
        ["allows only without socket information"] = Statements(
            """
            { "Effect": "Allow", "Action": "*", "Resource": "*",
              "Condition": { "Bool": { "iot:IncludeSocketInformation": "false" } } }
            """),
        ["denies socket information"] = Statements(
            """
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "*", "Resource": "*",
              "Condition": { "Bool": { "iot:IncludeSocketInformation": "true" } } }
            """),
        ["denies all"] = Policy.Deny("*", "*"),
    };

    public static MatrixTheoryData<bool, bool?, string> Matrix =>
        new([false, true], [null, false, true], [.. Policies.Keys]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_query_returns_addresses_only_where_configuration_request_and_policy_allow(
        bool configured, bool? asked, string policy)
    {
        var host = configured ? access.Host : reticent.Host;
        var name = await host.CreateThingAsync();
        var user = await host.CreateUserAsync(Policies[policy]);
        await host.ReportAsync(Event.Connected(name).WithDetails());
        // The whole call is denied, instead of omitting members.
        var answered = policy != "denies all" && (asked is not true || policy == "allows all");
        var released = answered && configured && asked is true;

        var data = await host.SendAsync(
            user, "POST", $"/things/{name}/connectivity-data",
            asked is null ? "{}" : $$"""{"includeSocketInformation":{{Text(asked)}}}""");
        if (answered)
            data.Json.EnumerateObject().Select(member => member.Name).Intersect(Members)
                .ShouldBe(released ? Members : []);
        else data.ShouldBeAwsError(403, "AccessDeniedException");
        ShouldContainAddresses(data, released);

        var now = Uri.EscapeDataString(DateTimeOffset.UtcNow.ToString("O"));
        foreach (var path in (string[])["connectivity", $"connectivity?asOf={now}", "events"])
        {
            var query = asked is null
                ? ""
                : $"{(path.Contains('?') ? '&' : '?')}includeSocketInformation={Text(asked)}";
            var answer = await host.SendAsync(user, "GET", $"/v1/things/{name}/{path}{query}");
            if (!answered) answer.ShouldBeProblem(403);
            else (path == "events" ? answer.Json.GetProperty("events")[0] : answer.Json).Has("socket")
                .ShouldBe(released, answer.Body);
            ShouldContainAddresses(answer, released);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_presence_message_carries_the_address_only_where_configuration_and_policy_allow(bool configured)
    {
        var host = configured ? access.Host : reticent.Host;
        var pump = await host.CreateThingAsync();
        var watchers = new Dictionary<string, Device>();
        foreach (var (name, policy) in Policies.Append(new("receives nothing", Statements(
            """
            { "Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe"], "Resource": "*" },
            { "Effect": "Allow", "Action": "iot:Receive", "Resource": "arn:aws:iot:*:*:topic/plant/*" }
            """))))
        {
            var watcher = await Device.ConnectAsync(
                host, await host.CreateThingAsync(), MQTTnet.Formatter.MqttProtocolVersion.V500, policy: policy);
            watcher.IsConnected.ShouldBe(name != "denies all");
            if (!watcher.IsConnected) continue;
            (await watcher.SubscribeAsync($"$aws/events/presence/+/{pump}"))
                .ShouldBe(MQTTnet.MqttClientSubscribeResultCode.GrantedQoS1);
            await watcher.SubscribeAsync($"plant/{pump}");
            watchers.Add(name, watcher);
        }

        var informed = watchers.Where(watcher => watcher.Key != "receives nothing")
            .Select(watcher => watcher.Value).ToList();
        await Device.AnswerAsync(Device.ConnectAsync(host, pump, "wrong"));
        foreach (var watcher in informed) await watcher.UntilReceived(1);
        await using (var device = await Device.ConnectAsync(host, pump))
        {
            foreach (var watcher in informed) await watcher.UntilReceived(2);
            // The default policy lets the device receive its own presence, without the address.
            await device.SubscribeAsync($"$aws/events/presence/connect_failed/{pump}");
            await Device.AnswerAsync(Device.ConnectAsync(host, pump, "wrong"));
            await device.UntilReceived(1);
            device.Messages.Single().Json.Has("ipAddress").ShouldBeFalse();
            foreach (var watcher in informed) await watcher.UntilReceived(3);
            await device.DisconnectAsync();
        }

        foreach (var watcher in informed) await watcher.UntilReceived(4);
        await informed[0].PublishAsync($"plant/{pump}", """{"eventType":"the end"}""");
        foreach (var (policy, watcher) in watchers)
        {
            var isInformed = policy != "receives nothing";
            await watcher.UntilReceived(isInformed ? 5 : 1);
            watcher.Messages.Select(message => message.Json.Text("eventType"))
                .ShouldBe(isInformed
                    ? ["connect_failed", "connected", "connect_failed", "disconnected", "the end"]
                    : ["the end"]);
            foreach (var message in watcher.Messages)
            {
                var released = configured && policy == "allows all"
                    && message.Json.Text("eventType") is "connected" or "connect_failed";
                message.Json.Has("ipAddress").ShouldBe(released, $"{policy}: {message.Text}");
                if (released) message.Json.Text("ipAddress").ShouldBe("127.0.0.1");
            }

            await watcher.DisposeAsync();
        }
    }

    [Fact]
    public async Task No_log_line_no_metric_and_no_error_contains_an_address()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var pump = await host.CreateThingAsync();
        string[] secret = [.. Addresses, "127.0.0.7", "203.0.113.300"];
        // Only Linux has more than one loopback address from the start.
        var source = OperatingSystem.IsLinux() ? "127.0.0.7" : "127.0.0.1";
        Task<Device> ConnectAsync(string? password) =>
            Device.ConnectAsync(host, pump, password, change: options => options.From(source, host.MqttPort));
        await Device.AnswerAsync(ConnectAsync("wrong"));
        await using (var device = await ConnectAsync(await host.CreatePasswordAsync(pump)))
            await Eventually.Is(() => host.IsConnectedAsync(pump), because: "the thing reads connected");
        if (OperatingSystem.IsLinux())
            (await host.AskAsync(pump, includeSocketInformation: true)).Json.Text("sourceIp").ShouldBe(source);

        var errors = new List<Answer>();
        async Task PostAsync(string body) => errors.Add(await host.PostAsync("/v1/lifecycle-events", body));
        await PostAsync(Event.Connected(pump).WithDetails().With("sourceIp", "203.0.113.300").ToJsonString());
        await PostAsync(Event.Connected(pump).WithDetails().With("timestamp", 1).ToJsonString());
        await PostAsync(Event.Connected(pump).WithDetails().ToJsonString()[..^1]);
        await PostAsync($$"""[{"sourceIp":{"192.0.2.7":[]},"192.0.2.7":1}]""");
        var denied = await host.CreateUserAsync(Policies["denies socket information"]);
        errors.Add(await host.SendAsync(
            denied, "POST", $"/things/{pump}/connectivity-data", """{"includeSocketInformation":true}"""));
        errors.Add(await host.SendAsync(denied, "GET", $"/v1/things/{pump}/events?includeSocketInformation=true"));
        errors.Add(await host.GetAsync($"/v1/things/{pump}/events?includeSocketInformation=192.0.2.7"));
        errors.Add(await host.AskAsync("192.0.2.7"));
        errors.Add(await host.PostAsync(
            $"/things/{pump}/connectivity-data", """{"includeSocketInformation":"192.0.2.7"}"""));

        // A PostgreSQL error can contain the failing row.
        await StoredData.ExecuteAsync(
            host.ConnectionString, "alter table connectivity.mt_events add constraint broken check (false) not valid");
        host.Log.IsExpectedToFail = true;
        await PostAsync(Event.Connected(pump).WithDetails().ToJsonString());
        errors[^1].ShouldBeProblem(500);
        await using (var device = await ConnectAsync(await host.CreatePasswordAsync(pump)))
            await Eventually.Is(
                () => host.Log.Lines.Any(line => line.Text.StartsWith("Lifecycle events can't be stored")));
        await StoredData.ExecuteAsync(
            host.ConnectionString, "alter table connectivity.mt_events drop constraint broken");

        var metrics = await host.GetAsync("/metrics");
        metrics.Body.ShouldContain("connectivity_lifecycle_events_total");
        await host.StopAsync();
        host.Log.Lines.ShouldContain(line => line.Id.Id == 100);
        foreach (var address in secret)
        {
            host.Log.Lines.Where(line => line.Text.Contains(address)).ShouldBeEmpty();
            metrics.Body.ShouldNotContain(address);
            errors.Where(error => error.Body.Contains(address)).ShouldBeEmpty();
        }
    }

    private static void ShouldContainAddresses(Answer answer, bool released)
    {
        foreach (var address in Addresses) answer.Body.Contains(address).ShouldBe(released, answer.Body);
    }

    private static string Text(bool? value) => value is true ? "true" : "false";

    private static string Statements(string statements) =>
        $$"""{ "Version": "2012-10-17", "Statement": [{{statements}}] }""";

    /// <summary>A host whose connectivity indexing is on and releases no socket information.</summary>
    public sealed class ReticentHost : IAsyncLifetime
    {
        public ApiHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await ApiHost.StartAsync();
            await Host.TurnIndexingOnAsync();
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
