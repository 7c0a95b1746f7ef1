namespace Connectivity.Aws.Policies;

/// <summary>One error in the text of a policy.</summary>
/// <param name="Path">
/// Where it is, such as <c>Statement[1].Condition.Bool.iot:IncludeSocketInformation</c>; statements and values count
/// from 0. <see cref="WholeDocument"/> where no single element is wrong.
/// </param>
/// <param name="Sentence">What is wrong and what is right, for the author of the policy.</param>
public sealed record PolicyError(string Path, string Sentence)
{
    public const string WholeDocument = "Document";

    public override string ToString() => $"{Path}: {Sentence}";
}
