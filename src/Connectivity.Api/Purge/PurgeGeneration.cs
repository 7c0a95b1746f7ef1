using Connectivity.Api.Telemetry;
using Connectivity.Projections.Indexing;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Runtime.Handlers;

namespace Connectivity.Api.Purge;

/// <summary>
/// Removes the streams and projections of an ended generation. Durable: it survives a restart, and is retried until it
/// succeeds.
/// </summary>
public sealed record PurgeGeneration(Generation Generation);

public static class PurgeGenerationHandler
{
    /// <summary>The longest time that the message bus can wait for a handler.</summary>
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(24);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>A purge is retried without limit: it continues when the database is available again.</summary>
    public static void Configure(HandlerChain chain)
    {
        chain.ExecutionTimeoutInSeconds = (int)Unlimited.TotalSeconds;
        chain.OnAnyException().ScheduleRetryIndefinitely(RetryDelay, TimeSpan.FromSeconds(10));
    }

    /// <summary>Returns the message for a later retry if the host stops before the purge is done.</summary>
    public static async Task<object?> Handle(
        PurgeGeneration message,
        GenerationPurge purge,
        IHostApplicationLifetime lifetime,
        ILogger<GenerationPurge> logger,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, lifetime.ApplicationStopping);
        try
        {
            var events = await purge.RunAsync(message.Generation, stopping.Token);
            logger.ConnectivityPurged(message.Generation.Account.ToString(), events);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return message.DelayedFor(RetryDelay);
        }
    }
}
