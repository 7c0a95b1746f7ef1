using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Wolverine;

namespace Connectivity.Api.Ingest;

/// <summary>
/// <c>POST /v1/lifecycle-events</c>: one event, an array of events, or NDJSON. The response follows the commit, with
/// one outcome for each event, in order. One bad event is rejected alone.
/// </summary>
public static class PostLifecycleEvents
{
    /// <summary>Bytes.</summary>
    public const int MaximumBodySize = 16 * 1024 * 1024;

    /// <summary>Required for every event, on its thing.</summary>
    public const string Action = "connectivity:PutLifecycleEvents";

    /// <summary>Also required where events may be older than the thing's indexed period.</summary>
    public const string ImportAction = "connectivity:ImportLifecycleEvents";

    public const string Json = "application/json";
    public const string JsonLines = "application/x-ndjson";

    private const string Denied = "access denied";

    public sealed record Response(IReadOnlyList<Answer> Outcomes);

    /// <param name="Outcome">accepted, late, duplicate, ignored or rejected.</param>
    /// <param name="Reason">Why the event was not stored; omitted if it was.</param>
    public sealed record Answer(string Outcome, string? Reason);

    /// <param name="import">
    /// Accepts events that occurred before the thing's indexed period began, such as an imported history.
    /// </param>
    public static async Task<IResult> Handle(
        HttpContext context, bool? import, Caller caller, IMessageBus bus, IngestMetrics metrics)
    {
        var mediaType = context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (mediaType is not (Json or JsonLines))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, $"The content type must be {Json} or {JsonLines}.");

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        IReadOnlyList<JsonElement?> batch;
        try
        {
            batch = mediaType == Json ? LifecycleEventBatch.FromJson(bytes) : LifecycleEventBatch.FromLines(bytes);
        }
        catch (JsonException exception)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "The body is not valid JSON, or nested too deeply, "
                + $"at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. "
                + "Nothing was stored.");
        }

        var backdating = import is true ? Backdating.Allowed : Backdating.Disallowed;
        var read = batch.Select(Read).Select(item => Authorize(item, backdating, caller)).ToList();
        var command = new IngestLifecycleEvents(
            caller.Account, [.. read.Select(item => item.Event).OfType<LifecycleEvent>()], backdating);
        var ingested = await bus.InvokeAsync<LifecycleEventsIngested>(command, context.RequestAborted);
        metrics.Count([.. read.Select(item => item.Error).OfType<string>().Select(Outcome.Rejected)]);
        using var outcomes = ingested.Outcomes.GetEnumerator();
        return V1Json.Ok(new Response([.. read.Select(item => ToAnswer(
            item.Error is { } error ? Outcome.Rejected(error)
            : outcomes.MoveNext() ? outcomes.Current
            : default))]));
    }

    private static (LifecycleEvent? Event, string? Error) Read(JsonElement? json) =>
        json is { } value ? LifecycleEventJson.Read(value) : (null, "the line is not valid JSON");

    /// <summary>
    /// Denies alike whether or not the thing exists, so that the outcome does not disclose which things do.
    /// </summary>
    private static (LifecycleEvent? Event, string? Error) Authorize(
        (LifecycleEvent? Event, string? Error) item, Backdating backdating, Caller caller)
    {
        if (item.Event is not { } lifecycleEvent) return item;
        var thing = caller.ThingArn(lifecycleEvent.ClientId);
        return caller.May(Action, thing) && (backdating == Backdating.Disallowed || caller.May(ImportAction, thing))
            ? item
            : (null, Denied);
    }

    private static Answer ToAnswer(Outcome outcome) => new(outcome.Kind.ToString().ToLowerInvariant(), outcome.Reason);
}
