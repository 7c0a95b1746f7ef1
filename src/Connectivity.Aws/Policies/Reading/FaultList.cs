namespace Connectivity.Aws.Policies.Reading;

/// <summary>The faults of one policy, told all at once.</summary>
internal sealed class FaultList
{
    private readonly List<PolicyFault> _faults = [];

    public bool IsEmpty => _faults.Count == 0;

    public void Add(string place, string sentence) => _faults.Add(new PolicyFault(place, sentence));

    public PolicyFault[] ToArray() => [.. _faults];
}
