namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// The form of a condition key's name: <c>aws:username</c>, <c>aws:PrincipalTag/team</c>,
/// <c>accounts.google.com:aud</c>. Source: IAM User Guide, "IAM JSON policy elements: Condition", the condition key
/// name.
/// </summary>
internal static class ConditionKey
{
    public static bool IsWellFormed(string key)
    {
        var colon = key.IndexOf(':');
        return colon > 0 && colon < key.Length - 1
            && key.AsSpan(0, colon).IndexOfAnyExcept(Prefix) < 0
            && !key.Any(char.IsControl) && !char.IsWhiteSpace(key[^1]);
    }

    private static readonly System.Buffers.SearchValues<char> Prefix =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/");
}
