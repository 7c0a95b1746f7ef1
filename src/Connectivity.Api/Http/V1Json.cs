namespace Connectivity.Api.Http;

/// <summary>Responses under <c>/v1</c>.</summary>
public static class V1Json
{
    public static IResult Ok<T>(T answer) => Results.Json(answer, AnswerJson.Options);
}
