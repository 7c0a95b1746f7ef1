using System.Globalization;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;

namespace Connectivity.Chaos.Tests;

/// <summary>
/// One kind of fault: a database and a directory of its own, and as many rounds as requested.
/// <c>CONNECTIVITY_CHAOS_ROUNDS=long</c> requests the long run; <c>CONNECTIVITY_CHAOS_SEED</c> repeats a round, whose
/// seed is in the message of its failure.
/// </summary>
public sealed class FaultScenario : IAsyncDisposable
{
    public static readonly bool IsLong = Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_ROUNDS") == "long";

    private readonly string _name;
    private readonly string _ownDatabase;
    private readonly List<ChaosHost> _hosts = [];

    private FaultScenario(string name, ChaosDatabase server, string connectionString, Tally tally)
    {
        (_name, Server, Tally) = (name, server, tally);
        (ConnectionString, _ownDatabase) = (connectionString, connectionString);
        TestContext.Current.SendDiagnosticMessage(name);
    }

    public ChaosDatabase Server { get; }

    /// <summary>To the server itself, without a proxy.</summary>
    public string ConnectionString { get; private set; }

    public string Directory { get; } = TemporaryDirectory.Make();

    public Tally Tally { get; }

    public static async Task<FaultScenario> BeginAsync(string name, ChaosDatabase server, ChaosReport report)
    {
        await server.StartAsync();
        return new FaultScenario(name, server, await server.CreateDatabaseAsync(), report.Of(name));
    }

    /// <summary>A host that serves HTTP only.</summary>
    public Task<ChaosHost> HostAsync(string? connectionString = null) =>
        HostAsync(connectionString, "--Connectivity:Mqtt:Enabled=false");

    /// <summary>A host, started, with indexing turned on.</summary>
    public async Task<ChaosHost> HostAsync(string? connectionString, params string[] settings)
    {
        var host = new ChaosHost(connectionString ?? ConnectionString, Directory, settings);
        _hosts.Add(host);
        await host.StartAsync();
        await host.Client!.TurnIndexingAsync(on: true);
        return host;
    }

    /// <summary>Makes another database the one that hosts use from their next start, and that is judged.</summary>
    public void MoveTo(string connectionString)
    {
        ConnectionString = connectionString;
        foreach (var host in _hosts) host.MoveTo(connectionString);
    }

    /// <summary>Runs the rounds one after the other, each from a seed.</summary>
    public async Task RunAsync(int inShort, int inLong, Func<Round, Task> play)
    {
        var seed = Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_SEED");
        var repeated = int.TryParse(seed, CultureInfo.InvariantCulture, out var given);
        // Consecutive seeds, so that Round.Choose takes its choices in turn.
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
                    $"{_name}, round {i + 1}, CONNECTIVITY_CHAOS_SEED={round.Seed}: {failure.Message}\n"
                    + "Output of the hosts:\n" + string.Join("\n---\n", _hosts.Select(host => host.Output)),
                    failure);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        // Dropping costs a checkpoint, which pays off only after many rounds.
        if (IsLong) await Server.DropDatabaseAsync(_ownDatabase);
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
