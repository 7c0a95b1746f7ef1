using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>
/// Thing types and billing groups are not supported, so a request that names one names a missing resource.
/// </summary>
public static class ThingTypes
{
    /// <exception cref="AwsException">ResourceNotFoundException if the request names one.</exception>
    public static void RefuseAny(AwsRequestBody body)
    {
        if (body.String("thingTypeName") is { } type)
            throw new AwsException(AwsError.ResourceNotFound($"Thing type {type} does not exist"));
        if (body.String("billingGroupName") is { } group)
            throw new AwsException(AwsError.ResourceNotFound($"Billing group {group} does not exist"));
    }
}
