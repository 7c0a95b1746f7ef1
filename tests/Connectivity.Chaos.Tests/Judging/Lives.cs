using System.Collections.Concurrent;
using System.Diagnostics;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>The present life of a thing, as far as a client can know it.</summary>
/// <param name="EndAskedAt">When it was asked to end the life before.</param>
/// <param name="BeganAt">When it was told that this one had begun.</param>
public readonly record struct Life(long EndAskedAt, long BeganAt)
{
    /// <summary>Of a thing that has had one life only.</summary>
    public static readonly Life Whole = new(long.MinValue, long.MinValue);

    /// <summary>Stored by a request of this life: it must be there. By one of before, it may have gone.</summary>
    public bool MustHold(Sent sent)
    {
        var began = BeganAt;
        return sent.Answers.Exists(answer => answer.IsStored && answer.SentAt > began);
    }

    /// <summary>Every request had ended before: it must not be there.</summary>
    public bool IsFormer(Sent sent)
    {
        var ended = EndAskedAt;
        return sent.Answers.Count == sent.Attempts && sent.Answers.TrueForAll(answer => answer.AnsweredAt < ended);
    }
}

/// <summary>Which lives began and ended in a round: of single things, and of all where indexing was turned off and on.</summary>
public sealed class Lives
{
    private readonly ConcurrentDictionary<string, Life> _ofThings = new();
    private Life _ofAll = Life.Whole;

    public Life Present(string name)
    {
        var own = _ofThings.GetValueOrDefault(name, Life.Whole);
        return new Life(Math.Max(own.EndAskedAt, _ofAll.EndAskedAt), Math.Max(own.BeganAt, _ofAll.BeganAt));
    }

    /// <param name="renew">Ends the life of the thing, and begins another.</param>
    public async Task RenewAsync(string name, Func<Task> renew) => _ofThings[name] = await TimeAsync(renew);

    /// <param name="renew">Turns indexing off, and on again.</param>
    public async Task RenewAllAsync(Func<Task> renew) => _ofAll = await TimeAsync(renew);

    private static async Task<Life> TimeAsync(Func<Task> renew)
    {
        var asked = Stopwatch.GetTimestamp();
        await renew();
        return new Life(asked, Stopwatch.GetTimestamp());
    }
}
