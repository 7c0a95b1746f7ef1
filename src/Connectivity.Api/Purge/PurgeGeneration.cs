using Connectivity.Projections.Indexing;
using Wolverine.ErrorHandling;
using Wolverine.Runtime.Handlers;

namespace Connectivity.Api.Purge;

/// <summary>Removes what a generation left behind. Durable: it survives a restart, and is repeated until it has succeeded.</summary>
public sealed record PurgeGeneration(Generation Generation);

public static class PurgeGenerationHandler
{
    /// <summary>A purge is not given up, whatever ended it: a connection that breaks in the middle has more than one face.</summary>
    public static void Configure(HandlerChain chain) =>
        chain.OnAnyException().ScheduleRetryIndefinitely(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    public static async Task Handle(PurgeGeneration message, GenerationPurge purge, ILogger<GenerationPurge> logger, CancellationToken cancellationToken)
    {
        var (things, events) = await purge.RunAsync(message.Generation, cancellationToken);
        logger.ConnectivityPurged(message.Generation.Account.ToString(), things, events);
    }
}
