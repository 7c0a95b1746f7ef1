using System.Diagnostics;
using System.Threading.Channels;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.Database;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Registry;

namespace Connectivity.Api.Import;

/// <summary>An event with the number of its line.</summary>
internal readonly record struct NumberedEvent(long Line, SubmittedEvent Submitted);

/// <summary>
/// Stores the events of some things, one transaction after another, so that each stream keeps its order. It stops at
/// the first failure: nothing behind it is stored.
/// </summary>
/// <param name="registration">Registers the things of events; null where they must exist.</param>
internal sealed class ImportLane(
    Account account, HistoryLog log, ThingRegistration? registration, ImportSummary summary, RejectFile rejects)
{
    private const int SmallestBatch = 100;
    private const int LargestBatch = 4_000;

    /// <summary>
    /// A change of indexing waits for a transaction, which holds the generation's lock; 1 s at most is promised.
    /// </summary>
    private static readonly TimeSpan LongTransaction = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the database may be away.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly Channel<List<NumberedEvent>> _batches = Channel.CreateBounded<List<NumberedEvent>>(2);
    private readonly HashSet<string> _registered = [];
    private List<NumberedEvent> _next = [];
    private volatile int _batchSize = 1_000;

    /// <summary>Waits while two batches wait.</summary>
    public async ValueTask AddAsync(NumberedEvent numbered, CancellationToken cancellationToken)
    {
        _next.Add(numbered);
        if (_next.Count < _batchSize) return;
        await _batches.Writer.WriteAsync(_next, cancellationToken);
        _next = new List<NumberedEvent>(_batchSize);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (_next.Count > 0) await _batches.Writer.WriteAsync(_next, cancellationToken);
        _batches.Writer.Complete();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync(cancellationToken))
        {
            await RegisterAsync(batch, cancellationToken);
            // The size was another one when the batch was gathered.
            for (var start = 0; start < batch.Count;)
            {
                var part = batch.GetRange(start, Math.Min(_batchSize, batch.Count - start));
                await StoreAsync(part, cancellationToken);
                start += part.Count;
            }
        }
    }

    private async Task RegisterAsync(List<NumberedEvent> batch, CancellationToken cancellationToken)
    {
        if (registration is null) return;
        var names = batch.Select(numbered => numbered.Submitted.Event.ClientId)
            .Where(name => ThingName.IsValid(name) && _registered.Add(name)).Distinct().ToList();
        if (names.Count > 0)
            summary.CountThings(
                await RetryAsync(() => registration.RunAsync(account, names, cancellationToken), cancellationToken));
    }

    private async Task StoreAsync(List<NumberedEvent> batch, CancellationToken cancellationToken)
    {
        var events = batch.ConvertAll(numbered => numbered.Submitted);
        var begun = Stopwatch.GetTimestamp();
        var outcomes = await RetryAsync(() => log.AppendAsync(account, events), cancellationToken);
        var taken = Stopwatch.GetElapsedTime(begun);
        if (taken > LongTransaction) _batchSize = Math.Max(SmallestBatch, batch.Count / 2);
        else if (taken < LongTransaction / 2) _batchSize = Math.Min(LargestBatch, _batchSize + _batchSize / 4);
        for (var i = 0; i < outcomes.Count; i++)
            if (outcomes[i] is { Kind: OutcomeKind.Rejected, Reason: { } reason })
                rejects.Add(batch[i].Line, reason, events[i].Event.ClientId);
        summary.Count(outcomes);
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> store, CancellationToken cancellationToken)
    {
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await store();
            }
            catch (Exception error) when (DatabaseErrors.IsUnavailable(error) && waiting.Elapsed < Timeout)
            {
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }
}
