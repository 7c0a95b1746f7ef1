using System.Buffers;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Aws;

namespace Connectivity.Api.AwsSurface;

/// <summary>
/// Reads the JSON body of a request by the names and types of the AWS model. A value of another type raises a
/// SerializationException; a value that violates a constraint is added to <see cref="Constraints"/>.
/// </summary>
public sealed class AwsRequestBody
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private readonly JsonElement _object;
    private readonly string _path;

    private AwsRequestBody(JsonElement value, string path, Constraints constraints)
    {
        if (value.ValueKind != JsonValueKind.Object) throw WrongType(path, "an object");
        (_object, _path, Constraints) = (value, path, constraints);
    }

    public Constraints Constraints { get; }

    /// <summary>An empty body counts as an empty object, because clients before 2026 send no body.</summary>
    public static async Task<AwsRequestBody> ReadAsync(HttpContext context)
    {
        var content = (await RequestBodies.ContentAsync(context)).ToArray();
        try
        {
            var root = content.Length == 0 ? Empty : JsonElement.Parse(content);
            return new AwsRequestBody(root, "", new Constraints());
        }
        catch (JsonException)
        {
            throw new AwsException(AwsError.Serialization("The request body is not valid JSON"));
        }
    }

    public string? String(string name) => Find(name) is { } value ? Text(value, PathOf(name)) : null;

    public bool? Boolean(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw WrongType(PathOf(name), "a boolean"),
    };

    public long? Long(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        _ => throw WrongType(PathOf(name), "a whole number"),
    };

    public AwsRequestBody? Object(string name) =>
        Find(name) is { } value ? new AwsRequestBody(value, PathOf(name), Constraints) : null;

    public IReadOnlyList<string> Strings(string name) =>
        [.. Array(name).Select((value, i) => Text(value, $"{PathOf(name)}.{i + 1}.member"))];

    public IReadOnlyList<AwsRequestBody> Objects(string name) =>
        [.. Array(name).Select((value, i) => new AwsRequestBody(value, $"{PathOf(name)}.{i + 1}.member", Constraints))];

    public IReadOnlyDictionary<string, string>? StringMap(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object) throw WrongType(PathOf(name), "an object");
        var map = new Dictionary<string, string>();
        foreach (var property in value.EnumerateObject())
        {
            var key = NameOf(property);
            if (property.Value.ValueKind != JsonValueKind.Null)
                map[key] = Text(property.Value, $"{PathOf(name)}.{key}");
        }

        return map;
    }

    /// <summary>A string that must be one of these values; any other is a violation of a constraint.</summary>
    public string? OneOf(string name, IReadOnlyList<string> inAwsOrder, bool required = false)
    {
        var value = String(name);
        if (value is null ? required : !inAwsOrder.Contains(value))
            Constraints.Violated(value, PathOf(name), value is null
                ? "Member must not be null"
                : $"Member must satisfy enum value set: [{string.Join(", ", inAwsOrder)}]");
        return value;
    }

    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private IEnumerable<JsonElement> Array(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        _ => throw WrongType(PathOf(name), "a list"),
    };

    private static string Text(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) throw WrongType(path, "a string");
        return JsonText.Read(value) ?? throw NotText(path);
    }

    private string NameOf(JsonProperty property) => JsonText.ReadName(property) ?? throw NotText(_path);

    private static AwsException WrongType(string path, string expected) =>
        new(AwsError.Serialization(
            path.Length == 0 ? $"The request body must be {expected}" : $"'{path}' must be {expected}"));

    private static AwsException NotText(string path) =>
        new(AwsError.Serialization($"'{path}' contains NUL or an unpaired surrogate"));
}
