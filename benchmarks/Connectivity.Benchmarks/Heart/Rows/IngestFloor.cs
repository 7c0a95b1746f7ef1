using Connectivity.Benchmarks.Heart.Floors;
using Connectivity.Benchmarks.Heart.Load;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The floor of ingest on a stage: plain SQL by several writers.</summary>
public sealed class IngestFloor(HeartStage stage, FloorThings things) : IAsyncDisposable
{
    private readonly List<PlainSqlWriter> _opened = [];

    public static async Task<IngestFloor> CreateAsync(HeartStage stage) =>
        new(stage, await FloorThings.CreateAsync(stage.ConnectionString, stage.Fleet));

    /// <summary>Adds a floor of so many writers to what is measured in turn.</summary>
    public async Task<SeriesTotals> AddToAsync(Alternation alternation, int writers, int batch)
    {
        var opened = await PlainSqlWriter.OpenAsync(stage.ConnectionString, things, writers, batch);
        _opened.AddRange(opened);
        Operation[] senders = [.. opened.Select<PlainSqlWriter, Operation>(writer => writer.WriteAsync)];
        return alternation.Add(
            $"plain SQL, {batch} a transaction, {writers} {(writers == 1 ? "writer" : "writers")}", "event",
            duration => LoadRun.ClosedAsync(senders, duration));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _opened) await writer.DisposeAsync();
    }
}
