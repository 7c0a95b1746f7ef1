using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>The thing that a question about its history names.</summary>
/// <param name="Record">The present record.</param>
/// <param name="ReleasesSocketInformation">
/// Whether the answer contains addresses: the request asks, the policies of its sender allow it, and the account's
/// configuration opts in.
/// </param>
public sealed record AskedThing(string Name, string ThingId, ConnectivityRecord Record, bool ReleasesSocketInformation)
{
    /// <summary>Finds it, or the problem that answers the question.</summary>
    /// <exception cref="Access.Policies.AccessDeniedException">The action is denied on the thing.</exception>
    public static async Task<(AskedThing? Thing, ProblemHttpResult? Problem)> FindAsync(
        string name, bool? includeSocketInformation, Caller caller, ConnectivityQuery connectivity,
        CancellationToken cancellationToken)
    {
        if (!ThingName.IsValid(name)) return (null, ThingProblems.InvalidName());
        caller.Require(caller.ThingArn(name), includeSocketInformation is true);
        var known = await connectivity.GetAsync(caller.Account, name, cancellationToken);
        if (!known.IsIndexed) return (null, ThingProblems.IndexingOff());
        if (known.ThingId is not { } thingId || known.Record is not { } record) return (null, ThingProblems.NotFound());
        return (
            new AskedThing(
                name, thingId, record, includeSocketInformation is true && known.ReleasesSocketInformation), null);
    }
}
