namespace Connectivity.Aws.Policies;

/// <summary>A place of a policy that reads a condition key: a condition, or a policy variable.</summary>
/// <param name="Path">As in <see cref="PolicyError.Path"/>; of a variable, the text that contains it.</param>
/// <param name="Key">As the policy writes it; case is ignored.</param>
/// <param name="TakesSeveralValues">
/// Whether a key with several values can be read here: behind a set operator, and by Null. Source: IAM User Guide,
/// "Single-valued vs. multivalued context keys".
/// </param>
public sealed record ConditionKeyUse(string Path, string Key, bool TakesSeveralValues);
