using Connectivity.Api.Purge;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Indexing;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Wolverine.Marten;

namespace Connectivity.Api.AwsSurface.Indexing;

/// <summary>
/// UpdateIndexingConfiguration: turns connectivity indexing on or off, effective immediately. A mode that the request
/// omits is off. Turning off ends the generation; the same commit stores the durable message that purges it. Source:
/// AWS IoT API reference, UpdateIndexingConfiguration.
/// </summary>
public static class UpdateIndexingConfiguration
{
    public static async Task<ContentHttpResult> Handle(
        HttpContext context, Caller caller, IndexingStore indexing, IDocumentStore store, IMartenOutbox outbox)
    {
        var body = await AwsRequestBody.ReadAsync(context);
        var things = IndexingConfigurationRequest.Things(body);
        var groups = IndexingConfigurationRequest.ThingGroups(body);
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
