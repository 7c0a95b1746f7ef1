using System.Net;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>The members of an event in JSON, by type. Everything that is wrong is told together.</summary>
internal sealed class LifecycleEventFields(JsonElement json)
{
    /// <summary>Characters; far above anything that a broker calls a client or a session.</summary>
    private const int MaximumLength = 1024;

    private List<string>? _errors;

    public string? Error => _errors is null ? null : string.Join("; ", _errors);

    public void AddError(string error) => (_errors ??= []).Add(error);

    public string? Text(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) return Wrong(name, "must be a string");
        if (JsonText.Read(value) is not { } text)
            return Wrong(name, "has a character that is no text: NUL, or half of a surrogate pair");
        return text.Length is 0 or > MaximumLength ? Wrong(name, $"must have 1 to {MaximumLength} characters") : text;
    }

    public bool? Flag(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        AddError($"{name} must be true or false");
        return null;
    }

    public long? Number(string name, long minimum, long maximum)
    {
        if (Find(name) is not { } value) return null;
        if (WholeNumber(value) is { } number && number >= minimum && number <= maximum) return (long)number;
        AddError($"{name} must be a whole number from {minimum} to {maximum}");
        return null;
    }

    /// <summary>Unix milliseconds. What no clock can show becomes the first or last time that one can, to be judged as any other.</summary>
    public DateTimeOffset Time(string name)
    {
        if (Find(name) is { } value && WholeNumber(value) is { } number)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(
                number, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        AddError($"{name} must be a whole number of milliseconds since 1970");
        return default;
    }

    public string? Address(string name) =>
        Text(name) is not { } text ? null : IPAddress.TryParse(text, out _) ? text : Wrong(name, "must be an IPv4 or IPv6 address");

    public string? Reason(string name) =>
        Text(name) is not { } text ? null
        : DisconnectReason.IsValid(text) ? text
        : Wrong(name, "must be a disconnect reason such as CONNECTION_LOST, and not NONE");

    private JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static decimal? WholeNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number) ? number : null;

    private string? Wrong(string name, string error)
    {
        AddError($"{name} {error}");
        return null;
    }
}
