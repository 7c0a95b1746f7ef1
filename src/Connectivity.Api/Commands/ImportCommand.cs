using Connectivity.Api.Import;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class ImportInput : AccessInput
{
    [Description("The file to read, NDJSON or gzip of it; - for standard input")]
    public string File { get; set; } = "";

    [Description("Registers the things that events name and that do not exist")]
    [FlagAlias("register-things", longAliasOnly: true)]
    public bool RegisterThingsFlag { get; set; }

    [Description("The source of events that name none; if omitted http, or emqx for the output of EMQX's rules")]
    [FlagAlias("source", longAliasOnly: true)]
    public string? SourceFlag { get; set; }

    [Description("Where rejected lines are written; if omitted FILE.rejected, or import.rejected for standard input")]
    [FlagAlias("rejects", longAliasOnly: true)]
    public string? RejectsFlag { get; set; }
}

/// <summary><c>import</c>: stores a history of lifecycle events. Hosts keep serving in the meantime.</summary>
[Description("Stores lifecycle events of any age, one JSON object a line", Name = "import")]
public sealed class ImportCommand : HostCommand<ImportInput>
{
    private const string StandardInput = "-";
    private const int MaximumSource = 128;

    protected override async Task RunAsync(
        ImportInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        if (input.SourceFlag is { Length: 0 or > MaximumSource })
            throw new CommandFailureException($"A source has 1 to {MaximumSource} characters.");
        var account = input.AccountAndRegion(services);
        var configuration = await services.GetRequiredService<IndexingStore>().GetAsync(account, stop);
        if (!configuration.ConnectivityIsIndexed)
            throw new CommandFailureException($"Connectivity indexing is off in {account}: nothing would be stored.");

        var file = CommandLine.Value(input.File)!;
        var isStandardInput = file == StandardInput;
        await using var stream = isStandardInput ? Console.OpenStandardInput() : Open(file);
        using var rejects = new RejectFile(
            input.RejectsFlag ?? (isStandardInput ? "import.rejected" : $"{file}.rejected"));
        var summary = new ImportSummary();
        var report = new ImportReport(
            summary, () => isStandardInput ? 0 : stream.Position, isStandardInput ? null : stream.Length);
        var import = services.GetRequiredService<EventImport>().RunAsync(
            new ImportRequest(account, input.SourceFlag, input.RegisterThingsFlag), stream, summary, rejects, stop);
        await report.ShowAsync(import);
        try
        {
            await import;
        }
        catch (Exception error) when (
            error is OperationCanceledException or InvalidDataException or IOException
            || DatabaseErrors.IsUnavailable(error))
        {
            throw new CommandFailureException(
                $"The import stopped after {summary.Events} lines ({Cause(error)}); "
                + "the same command continues it: what is stored is counted as duplicate.");
        }

        foreach (var line in report.Lines()) output.WriteLine(line);
        if (rejects.Path is { } path) output.WriteLine($"rejected lines are in {path}");
    }

    private static string Cause(Exception error) => error switch
    {
        OperationCanceledException => "interrupted",
        InvalidDataException or IOException => error.Message,
        _ => "the database is unavailable",
    };

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{path} can't be read: {error.Message}");
        }
    }
}
