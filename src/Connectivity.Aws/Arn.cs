namespace Connectivity.Aws;

/// <summary>
/// Amazon Resource Names of the AWS IoT resource types. Source: AWS service authorization reference, "AWS IoT".
/// </summary>
public static class Arn
{
    /// <param name="region">Such as <c>us-east-1</c>.</param>
    /// <param name="accountId">Twelve digits.</param>
    public static string Thing(string region, string accountId, string thingName) =>
        $"arn:aws:iot:{region}:{accountId}:thing/{thingName}";

    /// <inheritdoc cref="Thing"/>
    public static string Index(string region, string accountId, string indexName) =>
        $"arn:aws:iot:{region}:{accountId}:index/{indexName}";

    /// <summary>An MQTT client, by its client id: what <c>iot:Connect</c> is allowed for.</summary>
    public static string Client(string region, string accountId, string clientId) =>
        $"arn:aws:iot:{region}:{accountId}:client/{clientId}";

    /// <summary>An MQTT topic: what <c>iot:Publish</c> and <c>iot:Receive</c> are allowed for.</summary>
    public static string Topic(string region, string accountId, string topic) =>
        $"arn:aws:iot:{region}:{accountId}:topic/{topic}";

    /// <summary>
    /// An MQTT topic filter, its wildcards taken literally: what <c>iot:Subscribe</c> is allowed for.
    /// </summary>
    public static string TopicFilter(string region, string accountId, string filter) =>
        $"arn:aws:iot:{region}:{accountId}:topicfilter/{filter}";

    /// <summary>
    /// A user. Users belong to an account and to no region. Source: IAM user guide, "IAM identifiers".
    /// </summary>
    public static string User(string accountId, string userName) => $"arn:aws:iam::{accountId}:user/{userName}";
}
