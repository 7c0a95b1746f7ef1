using System.Text.RegularExpressions;

namespace Connectivity.Domain.Things;

/// <summary>
/// The attributes of a thing. Source of the limits: AWS IoT API reference, AttributePayload, and the AWS IoT quotas.
/// </summary>
public static partial class ThingAttributes
{
    public const string NamePattern = "[a-zA-Z0-9_.,@/:#-]+";
    public const string ValuePattern = @"[a-zA-Z0-9_.,@/:#=\[\]-]*";
    public const int MaximumNameLength = 128;
    public const int MaximumValueLength = 800;

    /// <summary>How many attributes a thing without a thing type may have. Thing types are not supported.</summary>
    public const int MaximumCount = 3;

    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static bool IsValidName(string name) => name.Length <= MaximumNameLength && NameForm().IsMatch(name);

    public static bool IsValidValue(string value) => value.Length <= MaximumValueLength && ValueForm().IsMatch(value);

    /// <summary>
    /// The attributes after an update: all replaced, or merged into the current ones, where an empty value deletes its
    /// attribute. Without merging an empty value removes its attribute as well, as there is nothing to keep.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Update(
        IReadOnlyDictionary<string, string> current, IReadOnlyDictionary<string, string> update, bool merge)
    {
        var attributes = merge ? new Dictionary<string, string>(current) : [];
        foreach (var (name, value) in update)
            if (value.Length == 0) attributes.Remove(name);
            else attributes[name] = value;
        return attributes;
    }

    public static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count
        && one.All(attribute => other.TryGetValue(attribute.Key, out var value) && value == attribute.Value);

    [GeneratedRegex(@"\A[a-zA-Z0-9_.,@/:#-]+\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\A[a-zA-Z0-9_.,@/:#=\[\]-]*\z")]
    private static partial Regex ValueForm();
}
