using System.Buffers;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Domain.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;
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

    private static readonly Outcome Denied = Outcome.Rejected("access denied");

    /// <param name="Outcomes">One for each event, in order. They are made while the response is written.</param>
    public sealed record Response(IEnumerable<Answer> Outcomes);

    /// <param name="Outcome">accepted, late, duplicate, ignored or rejected.</param>
    /// <param name="Reason">Why the event was not stored; omitted if it was.</param>
    public sealed record Answer(string Outcome, string? Reason);

    /// <param name="import">
    /// Accepts events that occurred before the thing's indexed period began, such as an imported history.
    /// </param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        HttpContext context,
        bool? import,
        Caller caller,
        IMessageBus bus,
        IngestOptions options,
        IngestMetrics metrics)
    {
        var mediaType = context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (mediaType is not (Json or JsonLines))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, $"The content type must be {Json} or {JsonLines}.");
        string[] actions = import is true ? [Action, ImportAction] : [Action];
        // A caller who may report no thing's events makes the host read nothing.
        foreach (var action in actions) caller.RequireSomewhere(action);

        var content = await RequestBodies.ContentAsync(context);
        IReadOnlyList<ReadOnlySequence<byte>>? batch;
        try
        {
            batch = mediaType == Json
                ? LifecycleEventBatch.FromJson(content, options.MaximumEvents)
                : LifecycleEventBatch.FromLines(content, options.MaximumEvents);
        }
        catch (JsonException exception)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "The body is not valid JSON, or nested too deeply, "
                + $"at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}. "
                + "Nothing was stored.");
        }

        if (batch is null)
            return Problems.Of(
                StatusCodes.Status413PayloadTooLarge,
                $"A request may have {options.MaximumEvents} events at most. Nothing was stored.");
        var backdating = import is true ? Backdating.Allowed : Backdating.Disallowed;
        var outcomes = await IngestAsync(batch, backdating, actions, caller, bus, metrics, context.RequestAborted);
        return TypedResults.Ok(
            new Response(outcomes.Select((outcome, i) => ToAnswer(outcome ?? Unreadable(batch[i])))));
    }

    /// <summary>
    /// Reads, authorizes and ingests the events, a part of them at a time. Denies alike whether or not a thing exists,
    /// so that the outcome does not disclose which things do.
    /// </summary>
    /// <returns>
    /// An outcome for each event, null for one that is not readable: its reason is read again when it is answered, so
    /// that the outcomes take no more memory than their number.
    /// </returns>
    private static async Task<Outcome?[]> IngestAsync(
        IReadOnlyList<ReadOnlySequence<byte>> batch,
        Backdating backdating,
        string[] actions,
        Caller caller,
        IMessageBus bus,
        IngestMetrics metrics,
        CancellationToken cancellationToken)
    {
        var outcomes = new Outcome?[batch.Count];
        var part = new List<(int Position, LifecycleEvent Event)>(IngestLifecycleEvents.BatchSize);
        var refused = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var (lifecycleEvent, _) = LifecycleEventJson.Read(batch[i]);
            if (lifecycleEvent is not null && actions.All(action => caller.May(action, Thing(lifecycleEvent))))
            {
                part.Add((i, lifecycleEvent));
            }
            else
            {
                if (lifecycleEvent is not null) outcomes[i] = Denied;
                refused++;
            }

            if (part.Count == IngestLifecycleEvents.BatchSize) await IngestPartAsync();
        }

        if (part.Count > 0) await IngestPartAsync();
        metrics.CountRejected(refused);
        return outcomes;

        string Thing(LifecycleEvent lifecycleEvent) => caller.ThingArn(lifecycleEvent.ClientId);

        async Task IngestPartAsync()
        {
            var command = new IngestLifecycleEvents(
                caller.Account, [.. part.Select(item => item.Event)], backdating, EventOrigin.Outside);
            var ingested = await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken);
            var stored = ingested.Result.All();
            for (var i = 0; i < part.Count; i++) outcomes[part[i].Position] = stored[i];
            part.Clear();
        }
    }

    private static Outcome Unreadable(ReadOnlySequence<byte> json) =>
        Outcome.Rejected(LifecycleEventJson.Read(json).Error!);

    private static Answer ToAnswer(Outcome outcome) => new(outcome.Kind.ToString().ToLowerInvariant(), outcome.Reason);
}
