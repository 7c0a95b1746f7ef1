using System.Net;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>Reads the members of an event in JSON by type, and collects all errors.</summary>
internal sealed class LifecycleEventFields(JsonElement json)
{
    /// <summary>Characters: far more than the client and session identifiers of any broker have.</summary>
    private const int MaximumLength = 1024;

    private List<string>? _errors;

    public string? Error => _errors is null ? null : string.Join("; ", _errors);

    public void AddError(string error) => (_errors ??= []).Add(error);

    public string? Text(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) return Wrong(name, "must be a string");
        if (JsonText.Read(value) is not { } text)
            return Wrong(name, "contains NUL or an unpaired surrogate");
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

    /// <summary>
    /// Unix milliseconds. A value out of range becomes the first or last possible time, which ingest then rejects like
    /// any other wrong time.
    /// </summary>
    public DateTimeOffset Time(string name)
    {
        if (Find(name) is { } value && WholeNumber(value) is { } number)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(
                number,
                DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
                DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        AddError($"{name} must be a whole number of milliseconds since 1970");
        return default;
    }

    public string? Address(string name) =>
        Text(name) is not { } text ? null
        : IPAddress.TryParse(text, out _) ? text
        : Wrong(name, "must be an IPv4 or IPv6 address");

    public string? Reason(string name) =>
        Text(name) is not { } text ? null
        : DisconnectReason.IsValid(text) ? text
        : Wrong(name, "must be a disconnect reason such as CONNECTION_LOST, and not NONE");

    private JsonElement? Find(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static decimal? WholeNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDecimal(out var number)
        && number == decimal.Truncate(number)
            ? number
            : null;

    private string? Wrong(string name, string error)
    {
        AddError($"{name} {error}");
        return null;
    }
}
