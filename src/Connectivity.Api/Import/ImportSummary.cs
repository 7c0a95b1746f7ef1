using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Import;

/// <summary>Counts what became of the lines of an import. Several threads may count at a time.</summary>
public sealed class ImportSummary
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(OutcomeKind Kind, string? Reason), long> _outcomes = [];
    private long _events;
    private long _things;

    /// <summary>Lines that have an outcome.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Things that were registered.</summary>
    public long Things => Interlocked.Read(ref _things);

    /// <summary>How many lines had each outcome; ignored ones by their reason, which others do not have here.</summary>
    public IReadOnlyList<(OutcomeKind Kind, string? Reason, long Count)> Outcomes
    {
        get
        {
            lock (_lock)
                return [.. _outcomes.Select(item => (item.Key.Kind, item.Key.Reason, item.Value))
                    .OrderBy(item => item.Kind).ThenBy(item => item.Reason, StringComparer.Ordinal)];
        }
    }

    internal void Count(IReadOnlyList<Outcome> outcomes)
    {
        lock (_lock)
            foreach (var (kind, reason) in outcomes)
            {
                var key = (kind, kind == OutcomeKind.Ignored ? reason : null);
                _outcomes[key] = _outcomes.GetValueOrDefault(key) + 1;
            }

        Interlocked.Add(ref _events, outcomes.Count);
    }

    internal void CountThings(int things) => Interlocked.Add(ref _things, things);
}
