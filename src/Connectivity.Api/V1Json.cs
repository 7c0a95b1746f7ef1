using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectivity.Api;

/// <summary>Answers under <c>/v1</c>: camelCase members, and what is unknown is left out.</summary>
public static class V1Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
    };

    public static IResult Ok<T>(T answer) => Results.Json(answer, Options);
}
