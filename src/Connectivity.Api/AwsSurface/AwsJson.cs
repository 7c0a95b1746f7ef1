using Connectivity.Api.Http;

namespace Connectivity.Api.AwsSurface;

/// <summary>Answers as the model has them.</summary>
public static class AwsJson
{
    public static IResult Ok<T>(T answer) => Results.Json(answer, AnswerJson.Options, contentType: "application/json");

    /// <summary>The answer of an operation that has none.</summary>
    public static IResult Empty() => Results.Text("{}", "application/json");

    /// <summary>Epoch seconds with three digits of milliseconds: the only form that every AWS client reads rightly.</summary>
    public static decimal Timestamp(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 0.001m;
}
