using System.Diagnostics.CodeAnalysis;
using Connectivity.Aws.Policies.Reading;

namespace Connectivity.Aws.Policies;

/// <summary>
/// An identity-based policy in IAM's JSON policy language, checked and compiled; immutable, and safe to use from many
/// threads. Source: IAM User Guide, "Grammar of the IAM JSON policy language".
/// </summary>
public sealed class PolicyDocument
{
    /// <summary>
    /// The maximum number of characters of a policy, white space not counted: IAM's quota for a managed policy. Source:
    /// IAM User Guide, "IAM and AWS STS quotas".
    /// </summary>
    public const int MaximumSize = 6144;

    internal PolicyDocument(string? id, PolicyStatement[] statements, ConditionKeyUse[] conditionKeys)
    {
        Id = id;
        Compiled = statements;
        ConditionKeys = conditionKeys;
    }

    /// <summary>The author's name for the document, or null. It has no effect.</summary>
    public string? Id { get; }

    /// <summary>At least one, in the document's order.</summary>
    public IReadOnlyList<PolicyStatement> Statements => Compiled;

    /// <summary>Every use of a condition key, statement by statement.</summary>
    public IReadOnlyList<ConditionKeyUse> ConditionKeys { get; }

    internal PolicyStatement[] Compiled { get; }

    /// <summary>Reads a policy. Never throws, whatever the text.</summary>
    /// <param name="errors">All errors of the policy; empty where it is valid.</param>
    public static bool TryParse(
        string json, [NotNullWhen(true)] out PolicyDocument? document, out IReadOnlyList<PolicyError> errors)
    {
        var found = new PolicyErrors();
        var read = DocumentReader.Read(json, found);
        document = found.IsEmpty ? read : null;
        errors = found.ToArray();
        return document is not null;
    }
}
