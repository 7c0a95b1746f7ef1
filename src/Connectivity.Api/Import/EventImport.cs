using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Registry;

namespace Connectivity.Api.Import;

/// <summary>What to import.</summary>
/// <param name="Source">Of events that name none; null for the default of their form.</param>
/// <param name="RegistersThings">Whether things are registered that events name and that do not exist.</param>
public sealed record ImportRequest(Account Account, string? Source, bool RegistersThings);

/// <summary>
/// Stores the events of an input, which may be older than their things and may name sources of the system. It can be
/// repeated at any time, also after it was killed: what is stored is a duplicate.
/// </summary>
public sealed class EventImport(HistoryLog log, ThingRegistration registration)
{
    /// <exception cref="InvalidDataException">The input begins like gzip, and is not.</exception>
    public async Task RunAsync(
        ImportRequest request, Stream input, ImportSummary summary, RejectFile rejects,
        CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Enumerable.Range(0, HistoryLog.Connections).Select(_ => new ImportLane(
            request.Account, log, request.RegistersThings ? registration : null, summary, rejects)).ToArray();
        List<Task> all = [.. lanes.Select(lane => OrCancelAsync(lane.RunAsync(failed.Token), failed))];
        all.Add(OrCancelAsync(ReadAsync(request, input, lanes, summary, rejects, failed.Token), failed));
        // Its error is that of the failure, and not of those that it cancelled.
        await Task.WhenAll(all);
    }

    private static async Task ReadAsync(
        ImportRequest request, Stream input, ImportLane[] lanes, ImportSummary summary, RejectFile rejects,
        CancellationToken cancellationToken)
    {
        // One entry for each thing: the database can't say which of its events are of this input.
        var recorded = new Dictionary<string, DateTimeOffset>();
        await foreach (var line in ImportLines.ReadAsync(input, cancellationToken))
        {
            var read = line.IsTooLong
                ? ImportedEvent.Bad($"the line is longer than {ImportLines.MaximumLength} bytes")
                : ImportedEvent.Read(line.Text, request.Source);
            if (read.Event is not { } lifecycleEvent)
            {
                rejects.Add(line.Number, read.Error!, line.Text);
                summary.Count([Outcome.Rejected(read.Error!)]);
                continue;
            }

            var submitted = new SubmittedEvent(
                lifecycleEvent, Backdating.Allowed, History: HistoryOf(recorded, lifecycleEvent, read.RecordedAt));
            var lane = lanes[(uint)lifecycleEvent.ClientId.GetHashCode() % (uint)lanes.Length];
            await lane.AddAsync(new NumberedEvent(line.Number, submitted), cancellationToken);
        }

        foreach (var lane in lanes) await lane.CompleteAsync(cancellationToken);
    }

    private static RecordedHistory? HistoryOf(
        Dictionary<string, DateTimeOffset> recorded, LifecycleEvent lifecycleEvent, DateTimeOffset? recordedAt)
    {
        if (recordedAt is not { } time) return null;
        DateTimeOffset? previous = recorded.TryGetValue(lifecycleEvent.ClientId, out var last) ? last : null;
        if (previous is null || previous < time) recorded[lifecycleEvent.ClientId] = time;
        return new RecordedHistory(time, previous);
    }

    private static async Task OrCancelAsync(Task task, CancellationTokenSource others)
    {
        try
        {
            await task;
        }
        catch
        {
            await others.CancelAsync();
            throw;
        }
    }
}
