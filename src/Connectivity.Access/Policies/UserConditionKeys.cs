using Connectivity.Aws.Policies;

namespace Connectivity.Access.Policies;

/// <summary>
/// The condition keys of a user's request. Source: IAM User Guide, "AWS global condition context keys", with the
/// availability of each key; "Actions, resources, and condition keys for AWS IoT".
/// </summary>
public static class UserConditionKeys
{
    /// <summary>Whether the request asks for socket information.</summary>
    public const string IncludeSocketInformation = "iot:IncludeSocketInformation";

    /// <summary>The keys that a request has here, some of them only where AWS has them too.</summary>
    public static readonly IReadOnlyList<string> Present =
    [
        IncludeSocketInformation, "aws:SourceIp", "aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime",
        "aws:UserAgent", "aws:Referer", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType",
        "aws:PrincipalIsAWSService", "aws:ViaAWSService", "aws:userid", "aws:username", "aws:RequestedRegion",
        "aws:ResourceAccount", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent",
    ];

    /// <summary>
    /// The keys that a request to AWS also lacks without an organization, role, tag, other service or VPC endpoint. A
    /// host knows no such thing, so the absence of the key is correct.
    /// </summary>
    public static readonly IReadOnlyList<string> Absent =
    [
        "aws:PrincipalOrgID", "aws:PrincipalServiceName", "aws:ResourceOrgID", "aws:SourceVpc", "aws:SourceVpcArn",
        "aws:SourceVpce", "aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID", "aws:MultiFactorAuthAge",
        "aws:SourceIdentity", "aws:FederatedProvider", "aws:AssumedRoot", "aws:ChatbotSourceArn",
        "aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4", "aws:CalledViaFirst", "aws:CalledViaLast",
        "aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOwner", "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths", "aws:VpceOrgPaths", "aws:SourceOrgPaths",
        "aws:CalledVia", "aws:TagKeys",
    ];

    /// <summary>As <see cref="Absent"/>; the name of a tag follows.</summary>
    public static readonly IReadOnlyList<string> AbsentTags =
        ["aws:PrincipalTag/", "aws:ResourceTag/", "aws:RequestTag/"];

    public static readonly KnownConditionKeys Known = new("requests of users", Find);

    private static readonly HashSet<string> Names = new([.. Present, .. Absent], StringComparer.OrdinalIgnoreCase);

    // None of them has several values here.
    private static ConditionKeyValues? Find(string key) =>
        Names.Contains(key) || AbsentTags.Any(tag => IsBehind(tag, key)) ? ConditionKeyValues.One : null;

    private static bool IsBehind(string tag, string key) =>
        key.Length > tag.Length && key.StartsWith(tag, StringComparison.OrdinalIgnoreCase);
}
