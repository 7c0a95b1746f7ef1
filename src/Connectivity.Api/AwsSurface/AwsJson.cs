using Connectivity.Api.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.AwsSurface;

/// <summary>Responses as the AWS model defines them.</summary>
public static class AwsJson
{
    /// <summary>Without a charset, which <c>Ok&lt;T&gt;</c> would add: AWS sends none.</summary>
    public static JsonHttpResult<T> Ok<T>(T answer) =>
        TypedResults.Json(answer, AnswerJson.Options, contentType: "application/json");

    /// <summary>The response of an operation without output.</summary>
    public static ContentHttpResult Empty() => TypedResults.Text("{}", "application/json");

    /// <summary>
    /// Epoch seconds with milliseconds in three digits: the only form that every AWS client parses correctly.
    /// </summary>
    public static decimal Timestamp(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 0.001m;
}
