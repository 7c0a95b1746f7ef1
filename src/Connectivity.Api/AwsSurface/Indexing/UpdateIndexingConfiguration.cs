using Connectivity.Api.Purge;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Indexing;
using Marten;
using Wolverine.Marten;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>
/// UpdateIndexingConfiguration: turns indexing of connectivity on or off, active at once. A mode that the request leaves out is off.
/// Turning off ends the generation; its removal is a durable message of the same commit. Source: AWS IoT API reference,
/// UpdateIndexingConfiguration.
/// </summary>
public static class UpdateIndexingConfiguration
{
    public static async Task<IResult> Handle(
        HttpContext context, Caller caller, IndexingStore indexing, IDocumentStore store, IMartenOutbox outbox)
    {
        var body = await AwsRequestBody.ReadAsync(context);
        var (things, groups) = (IndexingConfigurationRequest.Things(body), IndexingConfigurationRequest.ThingGroups(body));
        body.Constraints.ThrowIfViolated();
        caller.Require(Caller.AnyResource);

        await using var session = store.LightweightSession();
        outbox.Enroll(session);
        var change = await indexing.UpdateAsync(session, caller.Account, things, groups, context.RequestAborted);
        if (change.Error is { } error) throw new AwsException(AwsError.InvalidRequest(error));
        if (change.Ended is { } ended) await outbox.PublishAsync(new PurgeGeneration(ended));
        await session.SaveChangesAsync(context.RequestAborted);
        return AwsJson.Empty();
    }
}
