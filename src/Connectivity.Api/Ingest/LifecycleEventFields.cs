using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>Reads the members of an event by type, and collects all errors.</summary>
internal sealed class LifecycleEventFields(LifecycleEventMembers members, bool acceptsTextNumbers)
{
    /// <summary>Characters: far more than the client and session identifiers of any broker have.</summary>
    private const int MaximumLength = 1024;

    /// <summary>Bytes of a character as <c>\uXXXX</c>.</summary>
    private const int LongestEscape = 6;

    /// <summary>Bytes of a number as text.</summary>
    private const int LongestNumber = 32;

    private List<string>? _errors;

    public string? Error => _errors is null ? null : string.Join("; ", _errors);

    public void AddError(string error) => (_errors ??= []).Add(error);

    public string? Text(string name)
    {
        if (members.Find(name) is not { } json) return null;
        var value = Value(json);
        if (value.TokenType != JsonTokenType.String) return Wrong(name, "must be a string");
        // Not even made: the longest text has this many bytes where every character is escaped.
        if (json.Length <= MaximumLength * LongestEscape + 2)
        {
            if (JsonText.Read(ref value) is not { } text)
                return Wrong(name, "contains NUL or an unpaired surrogate");
            if (text.Length is > 0 and <= MaximumLength) return text;
        }

        return Wrong(name, $"must have 1 to {MaximumLength} characters");
    }

    public bool? Flag(string name)
    {
        if (members.Find(name) is not { } json) return null;
        var value = Value(json);
        if (value.TokenType is JsonTokenType.True or JsonTokenType.False) return value.GetBoolean();
        AddError($"{name} must be true or false");
        return null;
    }

    public long? Number(string name, long minimum, long maximum)
    {
        if (members.Find(name) is not { } json) return null;
        if (WholeNumber(json) is { } number && number >= minimum && number <= maximum) return (long)number;
        AddError($"{name} must be a whole number from {minimum} to {maximum}");
        return null;
    }

    /// <summary>
    /// Unix milliseconds. A value out of range becomes the first or last possible time, which ingest then rejects like
    /// any other wrong time.
    /// </summary>
    public DateTimeOffset? Time(string name)
    {
        if (members.Find(name) is not { } json) return null;
        if (WholeNumber(json) is { } number)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(
                number,
                DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
                DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        AddError($"{name} must be a whole number of milliseconds since 1970");
        return null;
    }

    /// <summary>When the connection of an end began, or null where the end does not say so.</summary>
    public DateTimeOffset? ConnectedAt(string name, DateTimeOffset occurredAt)
    {
        if (Time(name) is not { } connectedAt) return null;
        if (EventTime.ValidateConnectedAt(connectedAt, occurredAt) is { } error) AddError(error);
        return connectedAt;
    }

    public string? Address(string name) =>
        Text(name) is not { } text ? null
        : IPAddress.TryParse(text, out _) ? text
        : Wrong(name, "must be an IPv4 or IPv6 address");

    public string? Reason(string name) =>
        Text(name) is not { } text ? null
        : DisconnectReason.IsValid(text) ? text
        : Wrong(name, "must be a disconnect reason such as CONNECTION_LOST, and not NONE");

    /// <summary>A reader that stands on the value.</summary>
    private static Utf8JsonReader Value(ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader;
    }

    private decimal? WholeNumber(ReadOnlySequence<byte> json)
    {
        var value = Value(json);
        if (acceptsTextNumbers && value.TokenType == JsonTokenType.String && json.Length <= LongestNumber)
            return long.TryParse(JsonText.Read(ref value), NumberStyles.None, CultureInfo.InvariantCulture, out var digits)
                ? digits
                : null;
        return value.TokenType == JsonTokenType.Number
            && value.TryGetDecimal(out var number)
            && number == decimal.Truncate(number)
                ? number
                : null;
    }

    private string? Wrong(string name, string error)
    {
        AddError($"{name} {error}");
        return null;
    }
}
