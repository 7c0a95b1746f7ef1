using Connectivity.Api.Telemetry;
using Connectivity.Projections.Indexing;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Runtime.Handlers;

namespace Connectivity.Api.Purge;

/// <summary>Removes what a generation left behind. Durable: it survives a restart, and is repeated until it has succeeded.</summary>
public sealed record PurgeGeneration(Generation Generation);

public static class PurgeGenerationHandler
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>A purge is not given up: it goes on when the database is back.</summary>
    public static void Configure(HandlerChain chain) =>
        chain.OnAnyException().ScheduleRetryIndefinitely(RetryDelay, TimeSpan.FromSeconds(10));

    /// <summary>Returns the message again, for later, where the host stops before the purge is done.</summary>
    public static async Task<object?> Handle(
        PurgeGeneration message, GenerationPurge purge, IHostApplicationLifetime lifetime, ILogger<GenerationPurge> logger, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            var (things, events) = await purge.RunAsync(message.Generation, stopping.Token);
            logger.ConnectivityPurged(message.Generation.Account.ToString(), things, events);
            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return message.DelayedFor(RetryDelay);
        }
    }
}
