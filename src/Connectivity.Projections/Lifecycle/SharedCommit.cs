using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Stores the events of several callers in one transaction. A transaction that lost a conflict is repeated; one of
/// unknown outcome is decided and stored once more; an event that the database can't hold is rejected alone.
/// </summary>
internal sealed class SharedCommit(IngestTransaction transaction, WriteAvailability writes)
{
    private const int MaximumConflicts = 4;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private static readonly Outcome NotStorable = Outcome.Rejected("the database can't hold its values");

    /// <inheritdoc cref="IngestTransaction.RunAsync"/>
    public async Task<Outcome?[]?> StoreAsync(Account account, IReadOnlyList<SubmittedEvent> events, bool waits)
    {
        try
        {
            return await StoreWholeAsync(account, events, waits);
        }
        catch (Exception error) when (DatabaseErrors.IsOfValues(error))
        {
            return await StoreByHalvesAsync(account, events);
        }
        catch (Exception error)
        {
            writes.Observe(error);
            throw;
        }
    }

    private async Task<Outcome?[]?> StoreWholeAsync(Account account, IReadOnlyList<SubmittedEvent> events, bool waits)
    {
        for (var conflicts = 1; ; conflicts++)
        {
            try
            {
                return await transaction.RunAsync(account, events, waits);
            }
            catch (InDoubtException inDoubt)
            {
                // Waits for the locks of the first try, which its session holds until it ends.
                var outcomes = (await transaction.RunAsync(account, events, waits: true))!;
                // What is stored now was stored by the first try, unless that one did not take it.
                for (var i = 0; i < outcomes.Length; i++)
                    if (outcomes[i] == Outcome.Duplicate && inDoubt.Outcomes[i] is { } first) outcomes[i] = first;
                return outcomes;
            }
            catch (Exception error) when (DatabaseErrors.WasRolledBack(error) && conflicts < MaximumConflicts)
            {
                await Task.Delay(RetryDelay * conflicts * conflicts);
            }
        }
    }

    private async Task<Outcome?[]> StoreByHalvesAsync(Account account, IReadOnlyList<SubmittedEvent> events)
    {
        if (events.Count == 1) return [NotStorable];
        var half = events.Count / 2;
        return
        [
            .. (await StoreAsync(account, [.. events.Take(half)], waits: true))!,
            .. (await StoreAsync(account, [.. events.Skip(half)], waits: true))!,
        ];
    }
}
