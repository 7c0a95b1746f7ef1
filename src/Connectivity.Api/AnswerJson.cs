using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectivity.Api;

/// <summary>How both surfaces write their answers: camelCase members, and what is unknown is left out, never null.</summary>
public static class AnswerJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
    };
}
