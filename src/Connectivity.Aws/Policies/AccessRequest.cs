namespace Connectivity.Aws.Policies;

/// <summary>What somebody wants to do. Source: IAM User Guide, "Policy evaluation logic", the request context.</summary>
/// <param name="Action">Such as <c>iot:GetThingConnectivityData</c>.</param>
/// <param name="Resource">The ARN of what it is done to; <c>*</c> for an action that has no resource, which only the resource * matches.</param>
/// <param name="Context">The condition keys; may be shared by requests, as long as nobody changes it.</param>
public sealed record AccessRequest(string Action, string Resource, RequestContext Context);
