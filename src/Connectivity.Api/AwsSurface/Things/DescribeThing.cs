using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Projections.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>DescribeThing: the registered data of a device. Source: AWS IoT API reference, DescribeThing.</summary>
public static class DescribeThing
{
    public sealed record Response(
        string DefaultClientId,
        string ThingName,
        string ThingId,
        string ThingArn,
        IReadOnlyDictionary<string, string> Attributes,
        long Version);

    public static async Task<JsonHttpResult<Response>> Handle(
        string thingName, HttpContext context, Caller caller, ThingRegistry registry)
    {
        ThingNameValidation.Check(thingName, "thingName");
        caller.Require(caller.ThingArn(thingName));
        var thing = await registry.FindAsync(caller.Account, thingName, context.RequestAborted)
            ?? throw NotFound(thingName);
        return AwsJson.Ok(new Response(
            thing.Name, thing.Name, thing.ThingId, caller.ThingArn(thing.Name), thing.Attributes, thing.Version));
    }

    /// <summary>The error of any operation on a thing that is not registered.</summary>
    public static AwsException NotFound(string thingName) =>
        new(AwsError.ResourceNotFound($"Thing {thingName} does not exist"));
}
