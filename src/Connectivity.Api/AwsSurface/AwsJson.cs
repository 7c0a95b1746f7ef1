using Connectivity.Api.Http;

namespace Connectivity.Api.AwsSurface;

/// <summary>Responses as the AWS model defines them.</summary>
public static class AwsJson
{
    public static IResult Ok<T>(T answer) => Results.Json(answer, AnswerJson.Options, contentType: "application/json");

    /// <summary>The response of an operation without output.</summary>
    public static IResult Empty() => Results.Text("{}", "application/json");

    /// <summary>
    /// Epoch seconds with milliseconds in three digits: the only form that every AWS client parses correctly.
    /// </summary>
    public static decimal Timestamp(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 0.001m;
}
