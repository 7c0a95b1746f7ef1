namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>What is to happen to a transaction.</summary>
public enum FaultKind
{
    /// <summary>The connection breaks, and the COMMIT never reaches the server.</summary>
    CutBeforeCommit,

    /// <summary>The connection breaks the moment the COMMIT has been handed to the server, which may still be at it.</summary>
    CutWithCommit,

    /// <summary>The server has committed and said so; the connection breaks before anybody hears it.</summary>
    CutAfterCommit,

    /// <summary>The COMMIT reaches the server late, perhaps when its sender has given up.</summary>
    StallCommit,

    /// <summary>The COMMIT never reaches the server; its sender waits until the proxy breaks every connection, even if the server ends before.</summary>
    HoldCommit,

    /// <summary>The server's word on the COMMIT comes late, perhaps when nobody listens any more.</summary>
    StallReply,

    /// <summary>The statement that appends the events fails.</summary>
    FailStatement,

    /// <summary>The COMMIT fails, and the transaction is rolled back.</summary>
    FailCommit,
}

/// <summary>A fault that strikes one of the transactions that store events.</summary>
/// <param name="SqlState">What a failure is called.</param>
/// <param name="Stall">How long a stall lasts.</param>
public sealed record Fault(FaultKind Kind, string SqlState = "40001", TimeSpan Stall = default)
{
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it has struck, and is over.</summary>
    public Task Struck => _struck.Task;

    internal bool IsOfStatement => Kind == FaultKind.FailStatement;

    internal void Strike() => _struck.TrySetResult();
}
