namespace Connectivity.Testing.Policies;

/// <summary>
/// One rule of IAM's policy language as an example: the policies, the request and the decision. Tests and benchmarks
/// share them.
/// </summary>
/// <param name="Feature">The part of the language: the file that contains the case.</param>
/// <param name="Sentence">The rule, as a sentence that is unique among the cases.</param>
/// <param name="Policies">Name and JSON of each attached policy, in their order.</param>
/// <param name="Context">The condition keys with their values.</param>
/// <param name="Outcome"><c>allowed</c>, <c>no allow</c> or <c>denied</c>.</param>
/// <param name="DecidedBy">
/// Policy and statement (its Sid, or its number from 1) as <c>policy/1</c>; null where nothing allows.
/// </param>
public sealed record PolicyCase(
    string Feature,
    string Sentence,
    IReadOnlyList<(string Name, string Json)> Policies,
    string Action,
    string Resource,
    IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Context,
    string Outcome,
    string? DecidedBy)
{
    public override string ToString() => Sentence;
}
