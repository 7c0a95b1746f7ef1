using System.Buffers;
using System.Text.Json;
using Connectivity.Api.History;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.History;
using Connectivity.Projections.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connectivity.Api.Fleet;

/// <summary><c>POST /v1/connectivity:batchGet</c>: the connectivity of many things, now or at a time in the past.</summary>
public static class BatchGetConnectivity
{
    private const int MaximumThings = 1_000;
    private const string Found = "found";
    private const string NotFound = "notFound";
    private const string Denied = "denied";

    /// <param name="ThingNames">1 to 1000 names.</param>
    /// <param name="AsOf">A time in the past; the present if it is omitted.</param>
    /// <param name="By">
    /// occurredAt (the default): what was true at asOf, as far as is known now; recordedAt: what was known at asOf.
    /// </param>
    /// <param name="IncludeSocketInformation">Requests addresses, as for one thing.</param>
    public sealed record Request(
        IReadOnlyList<string>? ThingNames, string? AsOf, string? By, bool? IncludeSocketInformation);

    /// <param name="Things">One outcome for each name, in the order of the request.</param>
    public sealed record Response(IReadOnlyList<Item> Things);

    /// <param name="Outcome">found, notFound, or denied: the policies of the sender do not allow the thing.</param>
    public sealed record Item(string ThingName, string Outcome, GetConnectivity.Response? Connectivity);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        HttpContext context, Caller caller, ConnectivityQuery connectivity, PastConnectivity past)
    {
        if (await RequestAsync(context) is not { } request)
            return BadRequest($$"""The body must be {"thingNames": [1 to {{MaximumThings}} names], …}.""");
        if (!TimeRange.TryParse("asOf", request.AsOf, out var time, out var wrong)
            || !ListingOrder.TryParseTime(request.By, out wrong))
            return BadRequest(wrong);
        if (request.By is not null && time is null) return BadRequest("by needs asOf.");
        caller.RequireSomewhere();

        var names = request.ThingNames!;
        var sockets = request.IncludeSocketInformation is true;
        var allowed = names.Distinct().Where(name => caller.May(caller.ThingArn(name), sockets)).ToHashSet();
        // They wait together, and are read in one statement.
        var known = (await Task.WhenAll(allowed.Select(async name => (
                Name: name, Thing: await connectivity.GetAsync(caller.Account, name, context.RequestAborted)))))
            .ToDictionary(found => found.Name, found => found.Thing);
        if (known.Values.Any(thing => !thing.IsIndexed)) return ThingProblems.IndexingOff();
        var present = known.Where(found => found.Value.Record is not null)
            .ToDictionary(found => found.Key, found => found.Value.Record!);
        var records = time is not { } at ? present.Values
            : ListingOrder.IsByRecordedAt(request.By)
                ? await past.KnownAtAsync(
                    caller.Account, [.. present.Values.Select(record => record.ThingId)], at, context.RequestAborted)
                : (IEnumerable<ConnectivityRecord>)await past.TrueAtAsync(
                    caller.Account, [.. present.Values], at, context.RequestAborted);
        var answers = present.Keys.Zip(records).ToDictionary(pair => pair.First, pair => pair.Second);
        return TypedResults.Ok(new Response([.. names.Select(ItemOf)]));

        Item ItemOf(string name) =>
            !allowed.Contains(name) ? new Item(name, Denied, null)
            : answers.TryGetValue(name, out var record) ? new Item(
                name, Found, GetConnectivity.Of(name, record, sockets && known[name].ReleasesSocketInformation))
            : new Item(name, NotFound, null);
    }

    private static async Task<Request?> RequestAsync(HttpContext context)
    {
        try
        {
            var content = (await RequestBodies.ContentAsync(context)).ToArray();
            var request = JsonSerializer.Deserialize<Request>(content, JsonSerializerOptions.Web);
            return request?.ThingNames is { Count: > 0 and <= MaximumThings } names && names.All(ThingName.IsValid)
                ? request
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProblemHttpResult BadRequest(string detail) => Problems.Of(StatusCodes.Status400BadRequest, detail);
}
