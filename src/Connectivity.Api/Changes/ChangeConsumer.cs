using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Api.History;
using Connectivity.Api.Security;
using Connectivity.Projections.Changes;

namespace Connectivity.Api.Changes;

/// <summary>
/// What one consumer of the change feed gets: the events that it wants, of the things that its policies allow. The
/// policies are asked once for each thing, and again when they, or the key, have changed.
/// </summary>
public sealed class ChangeConsumer(
    HttpContext context, Caller caller, ChangeFilter filter, AccessDirectory directory, TimeProvider clock)
{
    /// <summary>A key or a policy that was changed ends or changes the stream within it.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    /// <summary>Things whose permission is remembered.</summary>
    private const int MaximumRemembered = 10_000;

    private readonly Dictionary<string, (bool Event, bool Sockets)> _allowed = [];
    private Caller _caller = caller;
    private Principal _principal = (Principal)context.User;
    private DateTimeOffset _renewedAt = clock.GetUtcNow();

    /// <summary>The events of the page that the consumer gets, each with the cursor behind it.</summary>
    public IEnumerable<(ChangeCursor Cursor, EventItem Item)> Of(ChangePage page)
    {
        foreach (var (cursor, recorded) in page.Changes)
        {
            if (!filter.Takes(recorded)) continue;
            var allowed = Allowed(recorded.Event.ClientId);
            if (allowed.Event)
                yield return (cursor, EventItem.Of(recorded, allowed.Sockets && page.ReleasesSocketInformation));
        }
    }

    /// <summary>
    /// Asks again, once a second, what the sender may see; false if its key is disabled, deleted or expired.
    /// </summary>
    public bool IsAllowed()
    {
        var now = clock.GetUtcNow();
        if (now - _renewedAt < Renewal) return true;
        _renewedAt = now;
        if (_principal.AccessKeyId is not { } id) return true;
        if (directory.Find(id) is not { } key || key.IsExpired(now)) return false;
        // Conditions of policies can name the time.
        (_principal, _caller) = (key.Principal, _caller.Again(key.Principal, context, now));
        _allowed.Clear();
        return _caller.MaySomewhere();
    }

    private (bool Event, bool Sockets) Allowed(string thingName)
    {
        if (_allowed.TryGetValue(thingName, out var known)) return known;
        if (_allowed.Count >= MaximumRemembered) _allowed.Clear();
        var arn = _caller.ThingArn(thingName);
        var isAllowed = _caller.May(arn);
        return _allowed[thingName] = (
            isAllowed,
            isAllowed && filter.IncludeSocketInformation && _caller.May(arn, includeSocketInformation: true));
    }
}
