namespace Connectivity.Aws.Policies;

/// <summary>
/// The effect of a statement on the requests it matches. Source: IAM User Guide, "IAM JSON policy elements: Effect".
/// </summary>
public enum PolicyEffect
{
    Allow,

    /// <summary>Overrides every Allow of every policy.</summary>
    Deny,
}
