using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectivity.Api.Http;

/// <summary>How both surfaces serialize responses: camelCase members; unknown values are omitted, never null.</summary>
public static class AnswerJson
{
    public static readonly JsonSerializerOptions Options = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        // Before first use: ASP.NET Core completes incomplete options, and two concurrent first responses would race.
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Makes these options serialize as <see cref="Options"/>.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.Default;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
    }
}
