namespace Connectivity.Aws.Policies;

/// <summary>A policy as it is attached to a principal.</summary>
/// <param name="Name">What a decision calls it: its name or its ARN.</param>
public sealed record AttachedPolicy(string Name, PolicyDocument Document);
