using System.Runtime.ExceptionServices;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;

namespace Connectivity.Projections.Lifecycle;

/// <summary>The events of one caller, each answered after the commit that stored it.</summary>
/// <param name="waitsForLocks">
/// Whether its events wait for things that another transaction holds; else they are postponed.
/// </param>
internal sealed class AppendCall(Account account, IReadOnlyList<SubmittedEvent> events, bool waitsForLocks)
{
    private readonly Outcome?[] _outcomes = new Outcome?[events.Count];

    private readonly TaskCompletionSource<AppendResult> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _open = events.Count;
    private volatile Exception? _error;

    public Account Account => account;

    public bool WaitsForLocks => waitsForLocks;

    public Task<AppendResult> Completion => _completion.Task;

    public SubmittedEvent EventAt(int position) => events[position];

    public void Answer(int position, Outcome outcome)
    {
        _outcomes[position] = outcome;
        Close();
    }

    public void Fail(Exception error)
    {
        _error = error;
        Close();
    }

    /// <summary>Gives no outcome: the caller repeats the event.</summary>
    public void Postpone() => Close();

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0) _completion.SetResult(new AppendResult(_outcomes, _error));
    }
}

/// <summary>An event that waits for its commit.</summary>
internal readonly record struct WaitingEvent(AppendCall Call, int Position)
{
    public SubmittedEvent Submitted => Call.EventAt(Position);

    public ClientKey Client => new(Call.Account, Submitted.Event.ClientId);

    public void Answer(Outcome outcome) => Call.Answer(Position, outcome);

    public void Fail(Exception error) => Call.Fail(error);

    public void Postpone() => Call.Postpone();
}

/// <summary>A client of an account, registered or not.</summary>
internal readonly record struct ClientKey(Account Account, string ClientId);

/// <summary>The answer of the log to one caller.</summary>
/// <param name="Outcomes">
/// One for each event, in order; null for one that is not known to be stored. Repeating it is safe.
/// </param>
/// <param name="Error">
/// Why an event is not known to be stored; null where that is only because another transaction holds its thing.
/// </param>
public sealed record AppendResult(IReadOnlyList<Outcome?> Outcomes, Exception? Error)
{
    /// <summary>The outcomes of a caller that needs all of them.</summary>
    /// <exception cref="Exception"><see cref="Error"/>.</exception>
    /// <exception cref="DatabaseBusyException">Another transaction holds a thing.</exception>
    public IReadOnlyList<Outcome> All() =>
        [.. ExceptHeld().Select(outcome => outcome ?? throw new DatabaseBusyException())];

    /// <summary>The outcomes of a caller that repeats the events of held things: they have none.</summary>
    /// <exception cref="Exception"><see cref="Error"/>.</exception>
    public IReadOnlyList<Outcome?> ExceptHeld()
    {
        if (Error is not null) ExceptionDispatchInfo.Throw(Error);
        return Outcomes;
    }
}
