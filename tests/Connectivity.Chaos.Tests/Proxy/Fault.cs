namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>What happens to a transaction.</summary>
public enum FaultKind
{
    /// <summary>The connection breaks, and the COMMIT never reaches the server.</summary>
    CutBeforeCommit,

    /// <summary>
    /// The connection breaks when the COMMIT has been sent to the server, which may still be executing it.
    /// </summary>
    CutWithCommit,

    /// <summary>
    /// The server has committed and answered; the connection breaks before the client receives the answer.
    /// </summary>
    CutAfterCommit,

    /// <summary>The COMMIT reaches the server late, perhaps after the client's timeout.</summary>
    StallCommit,

    /// <summary>
    /// The COMMIT never reaches the server; the client waits until the proxy breaks every connection, even if the
    /// server ends before.
    /// </summary>
    HoldCommit,

    /// <summary>The answer to the COMMIT comes late, perhaps after the client's timeout.</summary>
    StallReply,

    /// <summary>The statement that appends the events fails.</summary>
    FailStatement,

    /// <summary>The COMMIT fails, and the transaction is rolled back.</summary>
    FailCommit,
}

/// <summary>A fault in one of the transactions that store events.</summary>
/// <param name="SqlState">The SQLSTATE of an injected error.</param>
/// <param name="Stall">How long a stall lasts.</param>
public sealed record Fault(FaultKind Kind, string SqlState = "40001", TimeSpan Stall = default)
{
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the fault was injected, and is over.</summary>
    public Task Struck => _struck.Task;

    internal bool IsOfStatement => Kind == FaultKind.FailStatement;

    internal void Strike() => _struck.TrySetResult();
}
