using System.Buffers;
using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads an action: <c>service:Name</c>, with wildcards in the name only, or <c>*</c>. Source: IAM User Guide, "IAM
/// JSON policy elements: Action", and the grammar's action_string.
/// </summary>
internal static class ActionReader
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    private static readonly SearchValues<char> Service = SearchValues.Create(Letters);
    private static readonly SearchValues<char> Name = SearchValues.Create(Letters + "_*?");

    /// <summary>Null where there is an error.</summary>
    public static TextPattern? Read(string text, string path, PolicyErrors errors)
    {
        if (text.Contains("${"))
            errors.Add(path, "A policy variable can't be used in an action.");
        else if (!IsAction(text))
        {
            errors.Add(
                path,
                $"An action must be written service:Name, such as iot:DescribeThing, or *, not {Quoted.Value(text)}.");
        }
        else
            return new TextPattern(PolicyText.Read(text, wildcards: true, variables: false, out _), ignoreCase: true);
        return null;
    }

    private static bool IsAction(string text)
    {
        var colon = text.IndexOf(':');
        return text == "*" || (colon > 0 && colon < text.Length - 1
            && !text.AsSpan(0, colon).ContainsAnyExcept(Service) && !text.AsSpan(colon + 1).ContainsAnyExcept(Name));
    }
}
