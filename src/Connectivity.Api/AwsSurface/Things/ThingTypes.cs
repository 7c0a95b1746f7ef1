using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>Thing types and billing groups are not kept here, so none exists that a thing could name.</summary>
public static class ThingTypes
{
    /// <exception cref="AwsException">ResourceNotFoundException where the request names one.</exception>
    public static void RefuseAny(AwsRequestBody body)
    {
        if (body.String("thingTypeName") is { } type) throw new AwsException(AwsError.ResourceNotFound($"Thing type {type} does not exist"));
        if (body.String("billingGroupName") is { } group) throw new AwsException(AwsError.ResourceNotFound($"Billing group {group} does not exist"));
    }
}
