using Connectivity.Projections.Indexing;

namespace Connectivity.Api.Purge;

/// <summary>Removes what a generation left behind. Durable: it survives a restart, and is repeated until it has succeeded.</summary>
public sealed record PurgeGeneration(Generation Generation);

public static class PurgeGenerationHandler
{
    public static async Task Handle(PurgeGeneration message, GenerationPurge purge, ILogger<GenerationPurge> logger, CancellationToken cancellationToken)
    {
        var (things, events) = await purge.RunAsync(message.Generation, cancellationToken);
        logger.ConnectivityPurged(message.Generation.Account.ToString(), things, events);
    }
}
