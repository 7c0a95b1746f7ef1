using Connectivity.Aws;
using Connectivity.Domain.Things;

namespace Connectivity.Api.AwsSurface.Things;

/// <summary>The attributes of a thing in a request. Source: AWS IoT API reference, AttributePayload.</summary>
/// <param name="Merge">For updates only: merges the attributes into the current ones instead of replacing them.</param>
public sealed record AttributePayload(IReadOnlyDictionary<string, string> Attributes, bool Merge)
{
    /// <summary>The payload of a request, or null if it has none.</summary>
    public static AttributePayload? Read(AwsRequestBody body)
    {
        if (body.Object("attributePayload") is not { } payload) return null;
        var attributes = payload.StringMap("attributes") ?? ThingAttributes.None;
        var path = payload.PathOf("attributes");
        foreach (var (name, value) in attributes)
        {
            if (!ThingAttributes.IsValidName(name))
                body.Constraints.Violated(name, path,
                    "Map keys must satisfy constraint: "
                    + $"[Member must have length less than or equal to {ThingAttributes.MaximumNameLength}, "
                    + $"Member must satisfy regular expression pattern: {ThingAttributes.NamePattern}]");
            if (!ThingAttributes.IsValidValue(value))
                body.Constraints.Violated(value, path,
                    "Map value must satisfy constraint: "
                    + $"[Member must have length less than or equal to {ThingAttributes.MaximumValueLength}, "
                    + $"Member must satisfy regular expression pattern: {ThingAttributes.ValuePattern}]");
        }

        body.Constraints.ThrowIfViolated();
        return new AttributePayload(attributes, payload.Boolean("merge") ?? false);
    }

    /// <exception cref="AwsException">InvalidRequestException if a thing would have too many attributes.</exception>
    public static void CheckCount(IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Count > ThingAttributes.MaximumCount)
            throw new AwsException(AwsError.InvalidRequest(
                $"A thing without a thing type can have at most {ThingAttributes.MaximumCount} attributes"));
    }
}
