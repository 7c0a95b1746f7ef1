namespace Connectivity.Aws.Policies.Reading;

/// <summary>A value of a policy in an error: quoted, and shortened to fit in a line.</summary>
internal static class Quoted
{
    private const int MaximumLength = 60;

    public static string Value(string text) =>
        text.Length <= MaximumLength ? $"'{text}'" : $"'{text[..MaximumLength]}…'";
}
