namespace Connectivity.Aws.Policies;

/// <summary>One thing that is wrong with the text of a policy.</summary>
/// <param name="Path">
/// Where it is, such as <c>Statement[1].Condition.Bool.iot:IncludeSocketInformation</c>; statements and values count from 0.
/// <see cref="WholeDocument"/> where it has no place of its own.
/// </param>
/// <param name="Sentence">What is wrong and what would be right, for the author of the policy.</param>
public sealed record PolicyError(string Path, string Sentence)
{
    public const string WholeDocument = "Document";

    public override string ToString() => $"{Path}: {Sentence}";
}
