namespace Connectivity.Aws.Policies.Reading;

/// <summary>A value of a policy as a fault tells it back: quoted, and not longer than a line bears.</summary>
internal static class Quoted
{
    private const int Most = 60;

    public static string Value(string text) => text.Length <= Most ? $"'{text}'" : $"'{text[..Most]}…'";
}
