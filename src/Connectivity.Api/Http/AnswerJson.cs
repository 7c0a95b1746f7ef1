using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectivity.Api.Http;

/// <summary>How both surfaces write their answers: camelCase members, and what is unknown is left out, never null.</summary>
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
        // Before anybody has it: ASP.NET Core completes options that are not, and two first answers at once would stumble over each other.
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
