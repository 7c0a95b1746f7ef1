using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>
/// UpdateThing: changes a device's attributes and raises its version. Source: AWS IoT API reference, UpdateThing.
/// </summary>
public static class UpdateThing
{
    public static async Task<ContentHttpResult> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry)
    {
        ThingNameValidation.Check(thingName, "thingName");
        var body = await AwsRequestBody.ReadAsync(context);
        var expectedVersion = body.Long("expectedVersion");
        var payload = AttributePayload.Read(body);
        if (body.Boolean("removeThingType") is true && body.String("thingTypeName") is not null)
            throw new AwsException(AwsError.InvalidRequest(
                "thingTypeName and removeThingType can't be given together"));
        caller.Require(caller.ThingArn(thingName));
        ThingTypes.RefuseAny(body);

        var change = await registry.UpdateAsync(caller.Account, thingName, expectedVersion, current =>
        {
            if (payload is null) return current;
            var attributes = ThingAttributes.Update(current, payload.Attributes, payload.Merge);
            AttributePayload.CheckCount(attributes);
            return attributes;
        }, context.RequestAborted);
        return change switch
        {
            ThingChange.NotFound => throw DescribeThing.NotFound(thingName),
            ThingChange.VersionConflict => throw VersionConflict(thingName),
            _ => AwsJson.Empty(),
        };
    }

    /// <summary>The error of a change whose expected version is not the current one.</summary>
    public static AwsException VersionConflict(string thingName) =>
        new(AwsError.VersionConflict($"The version for thing {thingName} does not match the expected version."));
}
