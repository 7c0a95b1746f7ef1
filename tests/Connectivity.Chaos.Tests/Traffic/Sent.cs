using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>The outcome of an event in the answer to one request; the times are of <see cref="Stopwatch"/>.</summary>
public sealed record Answer(HostClient.EventResult Result, long SentAt, long AnsweredAt)
{
    /// <summary>Whether this request stored the event.</summary>
    public bool IsNew => Result.Outcome is "accepted" or "late";

    /// <summary>Whether the event is known to be stored: its sender need not send it again.</summary>
    public bool IsStored => IsNew || Result.Outcome == "duplicate";
}

/// <summary>An event and all that its sender knows of it.</summary>
public sealed class Sent(Report report)
{
    public Report Report => report;

    /// <summary>The number of requests with this event, answered or not.</summary>
    public int Attempts { get; set; }

    public long FirstSentAt { get; set; }

    public long LastSentAt { get; set; }

    public List<Answer> Answers { get; } = [];

    public bool IsAcknowledged => Answers.Exists(answer => answer.IsStored);

    /// <summary>Resets it to never sent: the database that stored it was replaced.</summary>
    public void Forget()
    {
        Attempts = 0;
        Answers.Clear();
    }

    public override string ToString() =>
        $"{Testing.Lifecycle.TrueHistory.Print([report]).Trim()} of {report.Event.ClientId}, "
        + $"{Attempts} times sent, answers: "
        + (Answers.Count == 0
            ? "none"
            : string.Join(", ", Answers.Select(answer => $"{answer.Result.Outcome} {answer.Result.Reason}".Trim())));
}
