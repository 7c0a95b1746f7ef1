using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>
/// CreateThing: registers a device. An identical repeated request returns the stored ids; different attributes for the
/// same name are refused. Source: AWS IoT API reference, CreateThing.
/// </summary>
public static class CreateThing
{
    public sealed record Response(string ThingName, string ThingArn, string ThingId);

    public static async Task<JsonHttpResult<Response>> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry)
    {
        ThingNameValidation.Check(thingName, "thingName");
        var body = await AwsRequestBody.ReadAsync(context);
        var payload = AttributePayload.Read(body);
        var attributes = ThingAttributes.Update(
            ThingAttributes.None, payload?.Attributes ?? ThingAttributes.None, merge: false);
        AttributePayload.CheckCount(attributes);
        caller.Require(caller.ThingArn(thingName));
        ThingTypes.RefuseAny(body);

        var thing = await registry.CreateAsync(caller.Account, thingName, attributes, context.RequestAborted);
        var arn = caller.ThingArn(thingName);
        if (!ThingAttributes.AreSame(thing.Attributes, attributes))
            throw new AwsException(AwsError.ResourceAlreadyExists(
                $"Thing {thingName} already exists in account with different attributes", thing.ThingId, arn));
        return AwsJson.Ok(new Response(thing.Name, arn, thing.ThingId));
    }
}
