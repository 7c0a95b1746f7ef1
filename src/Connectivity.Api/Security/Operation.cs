using Connectivity.Access.Limits;

namespace Connectivity.Api.Security;

/// <summary>Endpoint metadata: the action that policies name, and the limit that applies.</summary>
/// <param name="Action">Such as <c>iot:CreateThing</c>; those of <c>/v1</c> begin with <c>connectivity:</c>.</param>
/// <param name="Group">One of <see cref="OperationGroup"/>.</param>
public sealed record Operation(string Action, string Group);

/// <summary>Marks an endpoint that every sender may call, and that knows none of them.</summary>
public sealed record OpenToAnyone;

/// <summary>
/// Marks an endpoint that this machine may call unsigned. Other callers need a signature and a policy that allows the
/// action.
/// </summary>
public sealed record OpenToLoopback(string Action);

public static class OperationMetadata
{
    public static TBuilder WithOperation<TBuilder>(this TBuilder endpoint, string action, string group)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Operation(action, group));
}
