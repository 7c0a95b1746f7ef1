namespace Connectivity.Aws.Policies;

/// <summary>A policy as it is attached to a principal.</summary>
/// <param name="Name">The name or ARN by which a decision refers to it.</param>
public sealed record AttachedPolicy(string Name, PolicyDocument Document);
