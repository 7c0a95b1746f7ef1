namespace Connectivity.Aws;

/// <summary>Amazon Resource Names of the AWS IoT resource types. Source: AWS service authorization reference, "AWS IoT".</summary>
public static class Arn
{
    /// <param name="region">Such as <c>us-east-1</c>.</param>
    /// <param name="accountId">Twelve digits.</param>
    public static string Thing(string region, string accountId, string thingName) => $"arn:aws:iot:{region}:{accountId}:thing/{thingName}";

    /// <inheritdoc cref="Thing"/>
    public static string Index(string region, string accountId, string indexName) => $"arn:aws:iot:{region}:{accountId}:index/{indexName}";
}
