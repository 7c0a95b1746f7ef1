using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>What a host said of an event in answer to one request; the times are of <see cref="Stopwatch"/>.</summary>
public sealed record Answer(HostClient.Told Told, long SentAt, long AnsweredAt)
{
    /// <summary>Stored by this request.</summary>
    public bool IsNew => Told.Outcome is "accepted" or "late";

    /// <summary>The sender may forget the event.</summary>
    public bool IsStored => IsNew || Told.Outcome == "duplicate";
}

/// <summary>An event and all that its sender knows of it.</summary>
public sealed class Sent(Report report)
{
    public Report Report => report;

    /// <summary>Requests that it was part of, answered or not.</summary>
    public int Attempts { get; set; }

    public long FirstSentAt { get; set; }

    public long LastSentAt { get; set; }

    public List<Answer> Answers { get; } = [];

    public bool IsAcknowledged => Answers.Exists(answer => answer.IsStored);

    /// <summary>As if it had never been sent: the database that was asked to store it is gone.</summary>
    public void Forget()
    {
        Attempts = 0;
        Answers.Clear();
    }

    public override string ToString() =>
        $"{Testing.Lifecycle.History.Print([report]).Trim()} of {report.Event.ClientId}, {Attempts} times sent, told: "
        + (Answers.Count == 0 ? "nothing" : string.Join(", ", Answers.Select(answer => $"{answer.Told.Outcome} {answer.Told.Reason}".Trim())));
}
