using System.Diagnostics;

namespace Connectivity.Testing;

/// <summary>
/// Waits for a condition. The only way to wait in tests: a test that sleeps is slow when it passes and flaky when it
/// fails.
/// </summary>
public static class Eventually
{
    /// <summary>Long enough for a loaded machine; a condition that holds returns immediately.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(10);

    /// <summary>Polls until the condition holds.</summary>
    /// <param name="condition">
    /// Evaluated immediately, then every 10 ms. An exception counts as "not yet", and is reported if the time runs out.
    /// </param>
    /// <param name="within">How long to wait; <see cref="Default"/> if omitted.</param>
    /// <param name="because">The condition in words, for the message of a failed test.</param>
    /// <exception cref="TimeoutException">
    /// The time ran out; the inner exception is what the condition threw last.
    /// </exception>
    public static async Task Is(Func<Task<bool>> condition, TimeSpan? within = null, string? because = null)
    {
        var limit = within ?? Default;
        var waiting = Stopwatch.StartNew();
        Exception? thrown;
        do
        {
            try
            {
                if (await condition()) return;
                thrown = null;
            }
            catch (Exception notYet) when (notYet is not OperationCanceledException)
            {
                thrown = notYet;
            }

            await Task.Delay(RetryDelay, TestContext.Current.CancellationToken);
        }
        while (waiting.Elapsed < limit);

        throw new TimeoutException($"Not within {limit.TotalSeconds:0.###} s: {because ?? "the condition"}.", thrown);
    }

    /// <inheritdoc cref="Is(Func{Task{bool}}, TimeSpan?, string?)"/>
    public static Task Is(Func<bool> condition, TimeSpan? within = null, string? because = null) =>
        Is(() => Task.FromResult(condition()), within, because);
}
