namespace Connectivity.Projections.Database;

/// <summary>
/// Asks many questions at once: what waits while others are being read is read together, so that each answer is as true
/// as one of a statement of its own, and takes a fraction of its cost.
/// </summary>
/// <param name="readers">That read at a time, each on a connection of its own.</param>
/// <param name="read">Answers the questions, in order.</param>
internal sealed class GatheredReads<TQuestion, TAnswer>(
    int readers, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> read)
{
    private const int MaximumAtOnce = 256;

    /// <summary>For the turn and the answer together.</summary>
    private static readonly TimeSpan Timeout =
        TimeSpan.FromSeconds(DatabaseLimits.Command + DatabaseLimits.Connect + DatabaseLimits.Cancellation);

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _running;

    /// <exception cref="DatabaseBusyException">There was no answer in time.</exception>
    public async Task<TAnswer> AskAsync(TQuestion question, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(question);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_running < readers)
            {
                _running++;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        try
        {
            return await waiting.Answer.Task.WaitAsync(Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DatabaseBusyException();
        }
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                var answers = await read(batch.ConvertAll(waiting => waiting.Question));
                for (var i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(answers[i]);
            }
            catch (Exception error)
            {
                foreach (var waiting in batch) waiting.Answer.SetException(error);
            }
        }
    }

    private List<Waiting>? Take()
    {
        lock (_lock)
        {
            var batch = new List<Waiting>();
            while (batch.Count < MaximumAtOnce && _waiting.TryDequeue(out var waiting)) batch.Add(waiting);
            if (batch.Count > 0) return batch;
            _running--;
            return null;
        }
    }

    private sealed class Waiting(TQuestion question)
    {
        public TQuestion Question => question;

        public TaskCompletionSource<TAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
