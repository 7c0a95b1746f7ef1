using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectivity.Api.Http;

/// <summary>How both surfaces serialize responses: camelCase members; unknown values are omitted, never null.</summary>
public static class AnswerJson
{
    public static readonly JsonSerializerOptions Options = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
        };
        // Before first use: ASP.NET Core completes incomplete options, and two concurrent first responses would race.
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
