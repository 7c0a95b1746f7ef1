using System.IO.Compression;
using Connectivity.Api.Export;
using Connectivity.Api.Http;
using Connectivity.Domain.Lifecycle;
using Connectivity.Files;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class ExportInput : AccessInput
{
    [Description("Only events of this thing; may be repeated")]
    [FlagAlias("thing", longAliasOnly: true)]
    public string[] ThingFlag { get; set; } = [];

    [Description("Only events of things whose names begin with this")]
    [FlagAlias("prefix", longAliasOnly: true)]
    public string? PrefixFlag { get; set; }

    [Description("Only events that occurred at this time or later (RFC 3339)")]
    [FlagAlias("from", longAliasOnly: true)]
    public string? FromFlag { get; set; }

    [Description("Only events that occurred before this time (RFC 3339)")]
    [FlagAlias("to", longAliasOnly: true)]
    public string? ToFlag { get; set; }

    [Description("Only events of this kind: connected or disconnected")]
    [FlagAlias("kind", longAliasOnly: true)]
    public string? KindFlag { get; set; }

    [Description("Writes addresses and ports; the indexing configuration must opt in")]
    [FlagAlias("include-socket-information", longAliasOnly: true)]
    public bool IncludeSocketInformationFlag { get; set; }

    [Description("The file to write, compressed if its name ends in .gz; standard output if omitted or -")]
    [FlagAlias("output", longAliasOnly: true)]
    public string? OutputFlag { get; set; }

    /// <exception cref="CommandFailureException">A value has the wrong form.</exception>
    internal ExportFilter Filter() => new(
        ThingFlag.Length > 0 ? ThingFlag : null, PrefixFlag, Time(FromFlag, "--from"), Time(ToFlag, "--to"),
        KindFlag switch
        {
            null => null,
            EventKind.Connected => true,
            EventKind.Disconnected => false,
            _ => throw new CommandFailureException(
                $"--kind is {EventKind.Connected} or {EventKind.Disconnected}."),
        });

    private static DateTimeOffset? Time(string? text, string name) =>
        text is null ? null
        : Rfc3339.TryParse(text, out var time, out var error) ? time
        : throw new CommandFailureException($"{name}: {error}");
}

/// <summary><c>export</c>: writes the streams of an account as NDJSON, which <c>import</c> reads.</summary>
[Description("Writes lifecycle events, one JSON object a line", Name = "export")]
public sealed class ExportCommand : HostCommand<ExportInput>
{
    protected override async Task RunAsync(
        ExportInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var account = input.AccountAndRegion(services);
        var filter = input.Filter();
        var configuration = await services.GetRequiredService<IndexingStore>().GetAsync(account, stop);
        if (!configuration.ConnectivityIsIndexed)
            throw new CommandFailureException($"Connectivity indexing is off in {account}: there are no events.");
        if (input.IncludeSocketInformationFlag && !configuration.ReleasesSocketInformation)
            throw new CommandFailureException(
                $"The indexing configuration of {account} does not opt in to socket information.");

        var isFile = input.OutputFlag is not (null or "-");
        await using var target = isFile ? Create(input.OutputFlag!) : Console.OpenStandardOutput();
        await using var stream = isFile && input.OutputFlag!.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(target, CompressionLevel.Fastest)
            : target;
        var count = await services.GetRequiredService<EventExport>()
            .RunAsync(account, filter, input.IncludeSocketInformationFlag, stream, stop);
        Console.Error.WriteLine($"{count} events were exported.");
    }

    /// <summary>Readable by its owner alone: it may contain addresses.</summary>
    private static FileStream Create(string path)
    {
        try
        {
            return PrivateFiles.Open(path, FileMode.Create, FileShare.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailureException($"{path} can't be written: {error.Message}");
        }
    }
}
