namespace Connectivity.Chaos.Tests.Judging;

/// <summary>The result of comparing what the database holds with what the senders know.</summary>
public sealed class Verdict
{
    private const int FindingsShown = 20;

    private readonly List<string> _findings = [];

    public int Acknowledged { get; set; }

    public int Lost { get; private set; }

    public int Doubled { get; private set; }

    public int Wrong { get; private set; }

    public bool IsClean => Lost + Doubled + Wrong == 0;

    public void FindLost(string finding)
    {
        Lost++;
        Add("lost: " + finding);
    }

    public void FindDoubled(string finding)
    {
        Doubled++;
        Add("doubled: " + finding);
    }

    public void FindWrong(string finding)
    {
        Wrong++;
        Add("wrong: " + finding);
    }

    /// <exception cref="InvalidOperationException">Something is lost, doubled or wrong.</exception>
    public void ShouldBeClean()
    {
        if (!IsClean)
            throw new InvalidOperationException(
                $"{Lost} lost, {Doubled} doubled, {Wrong} wrong:\n{string.Join('\n', _findings)}");
    }

    private void Add(string finding)
    {
        if (_findings.Count < FindingsShown) _findings.Add(finding);
    }
}
