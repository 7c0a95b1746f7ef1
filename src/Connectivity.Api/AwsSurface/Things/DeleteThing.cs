using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>
/// DeleteThing: removes a device with its stream and record. Deleting a thing that does not exist succeeds. Source: AWS
/// IoT API reference, DeleteThing.
/// </summary>
public static class DeleteThing
{
    public static async Task<ContentHttpResult> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry)
    {
        ThingNameValidation.Check(thingName, "thingName");
        var expectedVersion = context.Request.Query.AwsLong("expectedVersion");
        caller.Require(caller.ThingArn(thingName));
        var change = await registry.DeleteAsync(caller.Account, thingName, expectedVersion, context.RequestAborted);
        return change switch
        {
            ThingChange.VersionConflict => throw UpdateThing.VersionConflict(thingName),
            ThingChange.Held => throw new AwsException(AwsError.InvalidRequest(
                $"Thing {thingName} is on legal hold and can't be deleted until the hold is lifted")),
            _ => AwsJson.Empty(),
        };
    }
}
