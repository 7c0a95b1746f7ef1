using System.Text;
using Connectivity.Api.Export;
using Connectivity.Api.Import;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Registry;
using Connectivity.Testing;
using Connectivity.Testing.Storage;

namespace Connectivity.Api.Tests.Import;

/// <summary>A database, and the import and export of a host on it.</summary>
public sealed class TransferDatabase : SharedDatabase
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<Account> NewAccountAsync(bool indexed = true)
    {
        var account = NewAccount();
        if (indexed) await Host.TurnOnAsync(account);
        return account;
    }

    /// <summary>The lines of an export.</summary>
    public async Task<string[]> ExportAsync(Account account, ExportFilter? filter = null, bool sockets = true)
    {
        using var output = new MemoryStream();
        var export = new EventExport(new StreamExport(Host.DataSource, Host.Indexing));
        var count = await export.RunAsync(account, filter ?? new ExportFilter(), sockets, output, Ct);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        count.ShouldBe(lines.Length);
        return lines;
    }

    public Task<ImportSummary> ImportAsync(Account account, params string[] lines) =>
        ImportAsync(account, Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    public async Task<ImportSummary> ImportAsync(
        Account account, byte[] input, string? source = null, bool registers = true, string? rejectFile = null)
    {
        await using var log = new HistoryLog(Host.Store, ConnectionString, new WriteAvailability(Host.DataSource));
        var summary = new ImportSummary();
        using var rejects = new RejectFile(rejectFile ?? Path.Combine(TemporaryDirectory.Make(), "rejected"));
        await new EventImport(log, new ThingRegistration(Host.DataSource)).RunAsync(
            new ImportRequest(account, source, registers), new MemoryStream(input), summary, rejects, Ct);
        return summary;
    }

    /// <summary>
    /// What is stored of each stream and record, without ids of events and things, and without sequence numbers.
    /// </summary>
    public async Task<List<string>> RowsAsync(Account account)
    {
        var generation = (await Host.Indexing.CurrentGenerationAsync(account, Ct)).ShouldNotBeNull();
        return await Host.ColumnAsync<string>(
            $"""
            select concat_ws(' ', t.name, s.version, s.timestamp, s.created, r.mt_version, r.mt_last_modified,
                (r.data - 'thingId')::text, e.version, e.type, e.timestamp, e.data::text)
            from {generation.Partition(ConnectivitySchema.Events)} e
            join {generation.Partition(ConnectivitySchema.Streams)} s on s.id = e.stream_id
            join {generation.Partition(ConnectivitySchema.Records)} r on r.id = e.stream_id
            join connectivity.things t on t.thing_id = e.stream_id
            order by t.name, e.version
            """);
    }

    public static long CountOf(ImportSummary summary, OutcomeKind kind) =>
        summary.Outcomes.Where(outcome => outcome.Kind == kind).Sum(outcome => outcome.Count);
}
