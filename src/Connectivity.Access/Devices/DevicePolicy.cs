using System.Diagnostics;
using Connectivity.Aws.Policies;

namespace Connectivity.Access.Devices;

/// <summary>
/// What a device may do, in the policy language of AWS IoT: <c>iot:Connect</c> for its client id, <c>iot:Publish</c>
/// and <c>iot:Receive</c> for topics, <c>iot:Subscribe</c> for topic filters. Source: AWS IoT developer guide, "AWS IoT
/// Core policy actions" and "policy variables".
/// </summary>
public static class DevicePolicy
{
    public const string Connect = "iot:Connect";
    public const string Publish = "iot:Publish";
    public const string Subscribe = "iot:Subscribe";
    public const string Receive = "iot:Receive";

    /// <summary>
    /// Applies where a credential has no policy of its own: the device connects as itself, uses every topic outside
    /// <c>$aws/</c>, and there receives only its own presence events, without addresses.
    /// </summary>
    public const string Default =
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            { "Sid": "ConnectAsItself", "Effect": "Allow", "Action": "iot:Connect", "Resource": "arn:aws:iot:*:*:client/${iot:ClientId}" },
            { "Sid": "UseOrdinaryTopics", "Effect": "Allow", "Action": ["iot:Publish", "iot:Subscribe", "iot:Receive"],
              "NotResource": ["arn:aws:iot:*:*:topic/$aws/*", "arn:aws:iot:*:*:topicfilter/$aws/*"] },
            { "Sid": "HearOfItself", "Effect": "Allow", "Action": ["iot:Subscribe", "iot:Receive"],
              "Resource": ["arn:aws:iot:*:*:topicfilter/$aws/events/presence/*/${iot:ClientId}",
                           "arn:aws:iot:*:*:topic/$aws/events/presence/*/${iot:ClientId}"],
              "Condition": { "Bool": { "iot:IncludeSocketInformation": "false" } } }
          ]
        }
        """;

    private static readonly AttachedPolicy DefaultPolicy =
        new("default", Parse(Default) ?? throw new UnreachableException());

    /// <summary>
    /// The policies of a credential; empty, which allows nothing, where its own policy can't be parsed.
    /// </summary>
    /// <param name="policy">Null for the default policy.</param>
    public static IReadOnlyList<AttachedPolicy> Of(string? policy)
    {
        if (policy is null) return [DefaultPolicy];
        return Parse(policy) is { } document ? [new AttachedPolicy("its own", document)] : [];
    }

    private static PolicyDocument? Parse(string policy) =>
        PolicyDocument.TryParse(policy, out var document, out _) ? document : null;
}
