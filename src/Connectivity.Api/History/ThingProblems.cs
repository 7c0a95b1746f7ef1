using Connectivity.Api.Http;
using Connectivity.Domain.Things;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.History;

/// <summary>The errors of queries about a thing.</summary>
public static class ThingProblems
{
    public static ProblemHttpResult InvalidName() => Problems.Of(
        StatusCodes.Status400BadRequest, $"A thing's name has 1 to {ThingName.MaximumLength} characters of {ThingName.Pattern}.");

    public static ProblemHttpResult NotFound() => Problems.Of(StatusCodes.Status404NotFound, "No thing has this name.");

    public static ProblemHttpResult IndexingOff() => Problems.Of(
        StatusCodes.Status409Conflict,
        "Connectivity indexing is off; "
        + "UpdateIndexingConfiguration with thingConnectivityIndexingMode STATUS turns it on.");
}
