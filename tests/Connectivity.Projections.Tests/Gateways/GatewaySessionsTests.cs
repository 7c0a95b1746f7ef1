using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

/// <summary>The stored sessions follow the events of the nodes, in whatever order these are stored.</summary>
public sealed class GatewaySessionsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const string Source = "gateway";

    private readonly GatewaySessions _sessions = new(database.Host.DataSource);
    private readonly string _node = Guid.NewGuid().ToString("N");
    private readonly string _otherNode = Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_stored_from_its_connect_to_its_disconnect_whether_or_not_its_client_is_a_thing()
    {
        var account = await database.NewIndexedAccountAsync();
        await database.Host.CreateAsync(account, "pump");
        await ReportAsync(account, _node, await ConnectAsync("pump", 1), await ConnectAsync("stranger", 1));
        (await OfAsync(_node)).ShouldBe(["pump 1", "stranger 1"]);

        await ReportAsync(account, _node, await DisconnectAsync("pump", 1), await DisconnectAsync("stranger", 1));
        (await OfAsync(_node)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sessions_are_stored_while_indexing_is_off()
    {
        var account = SharedDatabase.NewAccount();
        await ReportAsync(account, _node, await ConnectAsync("pump", 1));
        (await OfAsync(_node)).ShouldBe(["pump 1"]);
    }

    [Fact]
    public async Task A_disconnect_that_arrives_after_the_successors_connect_leaves_the_successor()
    {
        var account = await database.NewIndexedAccountAsync();
        await ReportAsync(
            account, _node, await ConnectAsync("pump", 1), await ConnectAsync("pump", 2),
            await DisconnectAsync("pump", 1));
        (await OfAsync(_node)).ShouldBe(["pump 2"]);
    }

    [Fact]
    public async Task A_connect_and_its_disconnect_in_one_batch_leave_no_session()
    {
        var account = await database.NewIndexedAccountAsync();
        await ReportAsync(account, _node, await ConnectAsync("pump", 1), await DisconnectAsync("pump", 1));
        (await OfAsync(_node)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_nodes_the_one_with_the_lower_version_is_notified_whichever_is_stored_first(bool newerFirst)
    {
        var account = await database.NewIndexedAccountAsync();
        var listening = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var received = ReceiveAsync(() =>
        {
            listening.TrySetResult();
            return Task.CompletedTask;
        }, stop.Token);
        await listening.Task.WaitAsync(Ct);

        var (older, newer) = (await ConnectAsync("pump", 1), await ConnectAsync("pump", 2));
        if (newerFirst) await ReportAsync(account, _otherNode, newer);
        await ReportAsync(account, _node, older);
        if (!newerFirst) await ReportAsync(account, _otherNode, newer);

        (await received).ShouldBe(new SupersededSession(_node, "pump", older.Connection.SessionIdentifier));
        (await OfAsync(_node)).ShouldBe(["pump 1"], "until its end is stored");
        (await OfAsync(_otherNode)).ShouldBe(["pump 2"]);
        (await _sessions.SupersededAsync(account, _node, [Session(older)], Ct))
            .ShouldHaveSingleItem().NodeId.ShouldBe(_node);
        (await _sessions.SupersededAsync(account, _otherNode, [Session(newer)], Ct)).ShouldBeEmpty();

        await ReportAsync(account, _node, await DisconnectAsync("pump", 1));
        (await OfAsync(_node)).ShouldBeEmpty();
        (await OfAsync(_otherNode)).ShouldBe(["pump 2"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_equal_numbers_and_times_the_greater_identifier_survives_as_it_does_in_the_record(bool greaterFirst)
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await database.Host.CreateAsync(account, "pump");
        var connect = await ConnectAsync("pump", 1);
        var lesser = connect with { Connection = connect.Connection with { SessionIdentifier = "a" } };
        var greater = connect with { Connection = connect.Connection with { SessionIdentifier = "b" } };
        if (greaterFirst) await ReportAsync(account, _otherNode, greater);
        await ReportAsync(account, _node, lesser);
        if (!greaterFirst) await ReportAsync(account, _otherNode, greater);

        (await _sessions.SupersededAsync(account, _node, [Session(lesser)], Ct)).ShouldHaveSingleItem();
        (await _sessions.SupersededAsync(account, _otherNode, [Session(greater)], Ct)).ShouldBeEmpty();
        (await database.Host.AskAsync(account, thing.Name)).Record!.Connect!.Connection.ShouldBe(greater.Connection);
    }

    [Fact]
    public async Task A_node_that_is_gone_opens_no_session_and_is_an_outcome_of_its_own_events()
    {
        var account = await database.NewIndexedAccountAsync();
        await database.Host.CreateAsync(account, "pump");
        var connect = await ConnectAsync("pump", 1);

        (await database.Host.ReportAsync(account, $"{_node}-gone", connect))
            .ShouldBe([Outcome.NodeGone]);

        (await OfAsync($"{_node}-gone")).ShouldBeEmpty();
        (await database.Host.AskAsync(account, "pump")).Record!.Connect.ShouldBeNull();
    }

    [Fact]
    public async Task The_last_version_is_that_of_the_open_session_or_of_the_record()
    {
        var account = await database.NewIndexedAccountAsync();
        (await LastAsync("pump")).ShouldBe(0);
        await database.Host.CreateAsync(account, "pump");
        (await LastAsync("pump")).ShouldBe(0);
        await ReportAsync(account, _node, await ConnectAsync("pump", 7));
        (await LastAsync("pump")).ShouldBe(7);
        await ReportAsync(account, _node, await DisconnectAsync("pump", 7));
        (await LastAsync("pump")).ShouldBe(7, "of the record, as no session is open");
        await ReportAsync(account, _node, await ConnectAsync("stranger", 9));
        (await LastAsync("stranger")).ShouldBe(9, "no thing, but a session");

        Task<long> LastAsync(string clientId) => _sessions.LastVersionAsync(account, clientId, Source, Ct);
    }

    private async Task<SupersededSession> ReceiveAsync(Func<Task> listening, CancellationToken stop)
    {
        var notifications = SupersededSession.Channel.ListenAsync(database.Host.DataSource, listening, stop);
        await foreach (var superseded in notifications)
            if (superseded.NodeId == _node || superseded.NodeId == _otherNode) return superseded;
        throw new InvalidOperationException("No notification was received.");
    }

    private async Task ReportAsync(Account account, string node, params LifecycleEvent[] events)
    {
        await new LeaseStore(database.Host.DataSource).AcquireAsync(account, node, Ct);
        var outcomes = await database.Host.ReportAsync(account, node, events);
        outcomes.ShouldNotContain(Outcome.NodeGone);
    }

    private async Task<List<string>> OfAsync(string node) =>
        await database.Host.ColumnAsync<string>(
            """
            select client_id || ' ' || version_number from connectivity.gateway_sessions
            where node_id = $1 order by client_id
            """, node);

    private static GatewaySession Session(ThingConnected connect) =>
        new(connect.ClientId, connect.Connection, connect.OccurredAt, connect.PrincipalIdentifier);

    private async Task<ThingConnected> ConnectAsync(string clientId, long version) => new(
        clientId, Pair(clientId, version), await database.Host.NowAsync(), "principal", SessionDetails.None,
        SocketInformation.None);

    private async Task<ThingDisconnected> DisconnectAsync(string clientId, long version) => new(
        clientId, Pair(clientId, version), await database.Host.NowAsync(), "principal", SessionDetails.None,
        SocketInformation.None,
        DisconnectReason.ConnectionLost, ClientInitiated: false);

    private static ConnectionKey Pair(string clientId, long version) => new(Source, $"{clientId}-{version}", version);
}
