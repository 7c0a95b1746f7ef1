using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;
using Npgsql;

namespace Connectivity.Api.Tests.Upgrade;

/// <summary>
/// What a host of an earlier release left when it was killed: its database as a dump, and its data directory. Made by
/// <c>make-fixture.sh</c> from the commit that the directory is named after, and kept: what that release has written
/// must open in every later one.
/// </summary>
internal static class UpgradeFixture
{
    /// <summary>The account of the host, and of its devices.</summary>
    public const string Account = "000000000000";

    /// <summary>An account in which the purge of a generation is pending, and the next generation has begun.</summary>
    public const string OtherAccount = "111122223333";

    private static readonly string Root = Path.GetFullPath(
        Path.Combine(Build.SourceDirectory, "..", "tests", "Connectivity.Api.Tests", "Upgrade", "67fc2cb"));

    /// <summary>The events that the gateway of the next host has to store, oldest first.</summary>
    public static IReadOnlyList<JsonElement> SpilledEvents { get; } =
    [
        .. Directory.EnumerateFiles(In("data", "gateway-spill"), "*.jsonl", SearchOption.AllDirectories).Order()
            .SelectMany(ReadLines),
    ];

    /// <summary>Requests for things without pending work, with the answers of that release.</summary>
    public static IReadOnlyList<FormerAnswer> Answers { get; } =
    [
        .. ReadLines(In("answers.ndjson")).Select(line => line.Deserialize<FormerAnswer>(JsonSerializerOptions.Web)!),
    ];

    /// <summary>The gateway node id of the killed host.</summary>
    public static string NodeId => File.ReadAllText(In("data", "gateway-node")).Trim();

    /// <summary>The password of the thing <c>lamp-ended</c>.</summary>
    public static string DevicePassword => File.ReadAllText(In("device.password")).Trim();

    /// <summary>The events of the current generation that were posted over HTTP, one on each line.</summary>
    public static string PostedEvents(string account) => File.ReadAllText(In($"events.{account}.ndjson"));

    public static Credentials Administrator(string account) =>
        account == Account ? Credentials.Parse(File.ReadAllText(In("data", "credentials"))) : KeyOf("operator");

    public static Credentials KeyOf(string user) => Credentials.Parse(File.ReadAllText(In($"{user}.credentials")));

    /// <summary>Copies the data directory and the key ring to where a host started there reads them.</summary>
    public static void CopyDataDirectoryTo(string workingDirectory)
    {
        Copy(In("data"), Path.Combine(workingDirectory, ".data"));
        Copy(In("keyring"), Path.Combine(workingDirectory, "keyring"));
    }

    /// <summary>Restores the dump, and makes the deletion of a thing as recent as it was for the killed host.</summary>
    public static async Task RestoreAsync(string connectionString)
    {
        var ct = TestContext.Current.CancellationToken;
        await StoredData.ExecuteAsync(connectionString, await File.ReadAllTextAsync(In("database.sql"), ct));
        await StoredData.ExecuteAsync(
            connectionString, "update connectivity.former_things set deleted_at = clock_timestamp()");

        await using var connection = await StoredData.OpenAsync(connectionString);
        await using var isPast = new NpgsqlCommand(
            "select max(renewed_at) < clock_timestamp() from connectivity.gateway_nodes", connection);
        (await isPast.ExecuteScalarAsync(ct))
            .ShouldBe(true, "the clock of this machine is behind the time at which the fixture was made");
    }

    private static IEnumerable<JsonElement> ReadLines(string file) =>
        File.ReadLines(file).Select(line => JsonElement.Parse(line));

    private static string In(params string[] path) => Path.Combine([Root, .. path]);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var directory in Directory.EnumerateDirectories(from))
            Copy(directory, Path.Combine(to, Path.GetFileName(directory)));
    }
}

/// <summary>A request, and how the earlier release answered it.</summary>
/// <param name="Body">Empty where the request has none.</param>
/// <param name="Answer">Null where the status is not 200.</param>
internal sealed record FormerAnswer(
    string Account, string Method, string Path, string Body, int Status, JsonElement? Answer);
