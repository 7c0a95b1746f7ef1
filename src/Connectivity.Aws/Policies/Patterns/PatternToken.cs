namespace Connectivity.Aws.Policies.Patterns;

internal enum PatternTokenKind : byte
{
    Literal,

    /// <summary><c>?</c>: one character.</summary>
    AnyOne,

    /// <summary><c>*</c>: any characters, or none.</summary>
    AnyRun,

    Variable,
}

/// <summary>A part of a text in a policy.</summary>
/// <param name="Text">The literal text, or the condition key of the variable.</param>
/// <param name="Default">The text of a variable that has no value, or null.</param>
internal readonly record struct PatternToken(PatternTokenKind Kind, string Text, string? Default = null);
