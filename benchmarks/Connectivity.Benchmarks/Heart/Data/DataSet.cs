using System.Text.Json;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Data;

/// <summary>
/// Registered things of one or several accounts whose indexing is on, each with the same events: a database and the
/// credentials to it, made once by COPY and kept.
/// </summary>
public sealed record DataSet(int Things, int Accounts, int EventsOfThing, IReadOnlyList<AccountKey> Keys)
{
    public const string Region = "us-east-1";

    private const string KeysFile = "accounts.json";

    public string Database => NameOf(Things, Accounts, EventsOfThing);

    /// <summary>The database and the directory of a host on it.</summary>
    private static string NameOf(int things, int accounts, int eventsOfThing) =>
        $"set_{things}_{accounts}_{eventsOfThing}";

    public static string DirectoryOf(HeartServer server, string database) =>
        Directory.CreateDirectory(Path.Combine(server.Directory, "sets", database)).FullName;

    /// <summary>Opens the data set, and makes it first where it is missing or was not finished.</summary>
    public static async Task<DataSet> EnsureAsync(HeartServer server, int things, int accounts, int eventsOfThing = 1)
    {
        var name = NameOf(things, accounts, eventsOfThing);
        var directory = DirectoryOf(server, name);
        var finished = Path.Combine(directory, KeysFile);
        if (!File.Exists(finished))
        {
            Console.Error.WriteLine($"Making {things:N0} things of {accounts} accounts …");
            Directory.Delete(directory, recursive: true);
            Directory.CreateDirectory(directory);
            await server.CreateAsync(name);
            var keys = await FillAsync(server, name, directory, new Fleet(things, accounts), eventsOfThing);
            await File.WriteAllTextAsync(finished, JsonSerializer.Serialize(keys));
        }

        var saved = JsonSerializer.Deserialize<List<AccountKey>>(await File.ReadAllTextAsync(finished))!;
        return new DataSet(things, accounts, eventsOfThing, saved);
    }

    private static async Task<IReadOnlyList<AccountKey>> FillAsync(
        HeartServer server, string database, string directory, Fleet fleet, int eventsOfThing)
    {
        IReadOnlyList<AccountKey> keys;
        await using (var host = await HostProcess.StartAsync(server.HostConnectionString(database), directory))
        {
            keys = [Credentials.OfAdministrator(directory)];
            if (fleet.Accounts > 1) keys = await host.CreateAccountsAsync(fleet.Accounts);
            foreach (var key in keys)
            {
                using var api = new HostApi(host.Address, key);
                await api.TurnIndexingAsync(on: true);
                await api.CreateThingAsync(RowPattern.ThingName);
                await api.PostAsync(new PatternEvents(RowPattern.ThingName).Take(eventsOfThing));
            }
        }

        var connectionString = server.ConnectionString(database);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        for (var account = 0; account < keys.Count; account++)
            await CopyAsync(connection, new Account(keys[account].AccountId, Region), fleet, account, eventsOfThing);
        await Sql.ExecuteAsync(connectionString, "vacuum analyze");
        await Sql.ExecuteAsync(connectionString, "checkpoint");
        return keys;
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, Account account, Fleet fleet, int number, int eventsOfThing)
    {
        var where = $"where account = '{account.Id}' and region = '{account.Region}'";
        var generation = new Generation(
            account,
            await ScalarAsync<long>($"select generation from {IndexingTable.Name} {where}"),
            await ScalarAsync<string>($"select tenant_id from {IndexingTable.Name} {where}"));
        var thingId = await ScalarAsync<string>(
            $"select thing_id from {RegistryTables.ThingsName} {where} and name = '{RowPattern.ThingName}'");
        (string Table, string Key)[] tables =
        [
            (RegistryTables.ThingsName, "thing_id"),
            (generation.Partition(ConnectivitySchema.Events), "stream_id"),
            (generation.Partition(ConnectivitySchema.Streams), "id"),
            (generation.Partition(ConnectivitySchema.Records), "id"),
        ];
        // Behind the numbers of the pattern's own events.
        foreach (var (table, key) in tables)
            await (await RowPattern.ReadAsync(connection, table, key, thingId))
                .WriteAsync(
                    connection, number * fleet.ThingsOfAccount, fleet.ThingsOfAccount, firstNumber: eventsOfThing + 1);
        var drawn = (fleet.ThingsOfAccount + 1L) * eventsOfThing;
        await ScalarAsync<long>(
            $"select setval('{generation.Partition(ConnectivitySchema.EventsSequence)}', {drawn})");

        async Task<T> ScalarAsync<T>(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return (T)(await command.ExecuteScalarAsync())!;
        }
    }
}
