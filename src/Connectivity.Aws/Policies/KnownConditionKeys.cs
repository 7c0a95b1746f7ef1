using Connectivity.Aws.Policies.Reading;

namespace Connectivity.Aws.Policies;

/// <summary>How many values a condition key has in a request that has it.</summary>
public enum ConditionKeyValues
{
    One,
    Several,
}

/// <summary>
/// The condition keys that a kind of request can have. A condition on any other key never depends on the request: a
/// deny with it would seem to protect, and never hold.
/// </summary>
/// <param name="requests">The kind of request, for the errors, such as <c>requests of users</c>.</param>
/// <param name="find">The values of a key, whatever its case; null where no such request has the key.</param>
public sealed class KnownConditionKeys(string requests, Func<string, ConditionKeyValues?> find)
{
    /// <summary>
    /// All errors of a text: those of the policy language or, where there are none, those of its keys.
    /// </summary>
    public IReadOnlyList<PolicyError> Check(string policy) =>
        PolicyDocument.TryParse(policy, out var document, out var errors) ? Check(document) : errors;

    /// <summary>The uses of keys that can't work; empty if every key can work.</summary>
    private IReadOnlyList<PolicyError> Check(PolicyDocument document) =>
    [
        .. from use in document.ConditionKeys
           let sentence = Error(use)
           where sentence is not null
           select new PolicyError(use.Path, sentence),
    ];

    private string? Error(ConditionKeyUse use) => find(use.Key) switch
    {
        null => $"The condition key {Quoted.Value(use.Key)} is not available in {requests}.",
        ConditionKeyValues.Several when !use.TakesSeveralValues =>
            $"The condition key {Quoted.Value(use.Key)} has several values: it can only be compared with "
            + "ForAnyValue or ForAllValues.",
        _ => null,
    };
}
