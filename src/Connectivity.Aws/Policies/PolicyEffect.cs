namespace Connectivity.Aws.Policies;

/// <summary>What a statement does to the requests it matches. Source: IAM User Guide, "IAM JSON policy elements: Effect".</summary>
public enum PolicyEffect
{
    Allow,

    /// <summary>Outweighs every Allow, of whichever policy.</summary>
    Deny,
}
