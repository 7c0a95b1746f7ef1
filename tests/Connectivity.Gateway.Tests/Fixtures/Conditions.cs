using System.Runtime.CompilerServices;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>
/// Waits for a condition: checks it at each signalled change, and every 50 ms for changes that are not signalled.
/// </summary>
public sealed class Conditions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Changed() =>
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();

    public async Task Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            for (var change = Volatile.Read(ref _change); !condition(); change = Volatile.Read(ref _change))
                await Task.WhenAny(change.Task, Task.Delay(50, timeout.Token)).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Did not happen: {what}");
        }
    }
}
