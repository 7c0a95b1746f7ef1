using System.Diagnostics;
using System.Globalization;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

/// <summary>
/// One kind of fault: a database and a directory of its own, and as many rounds as asked for. <c>CONNECTIVITY_CHAOS_ROUNDS=long</c> asks for the
/// long run; <c>CONNECTIVITY_CHAOS_SEED</c> repeats a round, whose seed is in the message of its failure.
/// </summary>
public sealed class Kind : IAsyncDisposable
{
    public static readonly bool IsLong = Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_ROUNDS") == "long";

    private readonly string _name;
    private readonly string _ownDatabase;
    private readonly List<ChaosHost> _hosts = [];

    private Kind(string name, ChaosDatabase server, string connectionString, Tally tally)
    {
        (_name, Server, ConnectionString, _ownDatabase, Tally) = (name, server, connectionString, connectionString, tally);
        TestContext.Current.SendDiagnosticMessage(name);
    }

    public ChaosDatabase Server { get; }

    /// <summary>Straight to the server.</summary>
    public string ConnectionString { get; private set; }

    public string Directory { get; } = TemporaryDirectory.Make();

    public Tally Tally { get; }

    public static async Task<Kind> BeginAsync(string name, ChaosDatabase server, ChaosReport report)
    {
        await server.StartAsync();
        return new Kind(name, server, await server.CreateDatabaseAsync(), report.Of(name));
    }

    /// <summary>A host that serves HTTP only.</summary>
    public Task<ChaosHost> HostAsync(string? connectionString = null) => HostAsync(connectionString, "--Connectivity:Mqtt:Enabled=false");

    /// <summary>A host, started, with indexing turned on.</summary>
    public async Task<ChaosHost> HostAsync(string? connectionString, params string[] settings)
    {
        var host = new ChaosHost(connectionString ?? ConnectionString, Directory, settings);
        _hosts.Add(host);
        await host.StartAsync();
        await host.Client!.TurnIndexingAsync(on: true);
        return host;
    }

    /// <summary>From now on the database is another one: there hosts start the next time, and there it is judged.</summary>
    public void MoveTo(string connectionString)
    {
        ConnectionString = connectionString;
        foreach (var host in _hosts) host.MoveTo(connectionString);
    }

    /// <summary>Runs the rounds one after the other, each from a seed.</summary>
    public async Task RunAsync(int inShort, int inLong, Func<Round, Task> play)
    {
        var repeated = int.TryParse(Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_SEED"), CultureInfo.InvariantCulture, out var given);
        // One after the other, so that what a seed chooses among a few is chosen in turn.
        var first = repeated ? given : Random.Shared.Next(int.MaxValue / 2);
        for (var i = 0; i < (repeated ? 1 : IsLong ? inLong : inShort); i++)
        {
            var round = new Round(this, i, first + i);
            try
            {
                await play(round);
                Tally.Rounds++;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"{_name}, round {i + 1}, CONNECTIVITY_CHAOS_SEED={round.Seed}: {failure.Message}\nThe hosts say:\n"
                    + string.Join("\n---\n", _hosts.Select(host => host.Output)), failure);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        // Costs a checkpoint, which only many rounds are worth.
        if (IsLong) await Server.DropDatabaseAsync(_ownDatabase);
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>One round: a fleet of new things, and what its senders know.</summary>
public sealed class Round(Kind kind, int number, int seed)
{
    public int Seed => seed;

    public Random Random { get; } = new(seed);

    /// <summary>One of these, in turn from round to round.</summary>
    public T Choose<T>(IReadOnlyList<T> choices) => choices[seed % choices.Count];

    public string Name { get; } = $"r{number}-{seed:x8}";

    public Ledger Ledger { get; } = new(new Random(seed));

    /// <summary>A fleet whose things are registered.</summary>
    public async Task<Fleet> FleetAsync(ChaosHost host, int things = 10)
    {
        var fleet = new Fleet(Name, things, new Random(seed));
        foreach (var name in fleet.Names) await host.Client!.CreateThingAsync(name);
        return fleet;
    }

    /// <summary>Waits until so many events are acknowledged.</summary>
    public Task AcknowledgedAsync(int count) =>
        Eventually.Is(() => Ledger.Acknowledged >= count, TimeSpan.FromSeconds(60), $"{count} events are acknowledged");

    /// <summary>Waits for the first acknowledgement from now on, when the fault has ended.</summary>
    public async Task RecoversAsync(TimeSpan within) => await RecoversAsync(Stopwatch.GetTimestamp(), within);

    public async Task RecoversAsync(long since, TimeSpan within)
    {
        var acknowledged = await Ledger.NextAcknowledgement.WaitAsync(within, TestContext.Current.CancellationToken);
        kind.Tally.Recovered(Stopwatch.GetElapsedTime(since, acknowledged));
    }

    /// <summary>
    /// The oracle, twice: while what was not acknowledged may or may not be stored, and when all of it was sent again.
    /// </summary>
    public async Task JudgeAsync(Senders senders, params ChaosHost[] hosts)
    {
        await senders.PauseAsync();
        Judge.Compare(await StoredStreams.ReadAsync(kind.ConnectionString, Name), Ledger.All).ShouldBeClean();
        await senders.DrainAsync();
        await JudgeAsync(hosts);
    }

    public Task JudgeAsync(params ChaosHost[] hosts) => JudgeLivesAsync(null, hosts);

    /// <param name="lives">Where lives began and ended in this round.</param>
    public async Task JudgeLivesAsync(Lives? lives, params ChaosHost[] hosts)
    {
        var stored = await StoredStreams.ReadAsync(kind.ConnectionString, Name);
        var verdict = Judge.Compare(stored, Ledger.All, lives);
        foreach (var host in hosts) await Judge.AskAsync(verdict, stored, host.Client!);
        foreach (var error in Ledger.InternalErrors) verdict.FindWrong($"an answer was {error}");
        kind.Tally.Add(verdict);
        verdict.ShouldBeClean();
    }
}
