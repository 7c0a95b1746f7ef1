namespace Connectivity.Aws.Policies;

/// <summary>A request to authorize. Source: IAM User Guide, "Policy evaluation logic", the request context.</summary>
/// <param name="Action">Such as <c>iot:GetThingConnectivityData</c>.</param>
/// <param name="Resource">
/// The ARN of the resource; <c>*</c> for an action that has none, which only the resource * matches.
/// </param>
/// <param name="Context">The condition keys; requests may share it as long as it does not change.</param>
public sealed record AccessRequest(string Action, string Resource, RequestContext Context);
