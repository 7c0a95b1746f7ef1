namespace Connectivity.Aws.Policies.Reading;

/// <summary>Collects the errors of one policy, so that all are reported together.</summary>
internal sealed class PolicyErrors
{
    private readonly List<PolicyError> _errors = [];

    public bool IsEmpty => _errors.Count == 0;

    public void Add(string path, string sentence) => _errors.Add(new PolicyError(path, sentence));

    public PolicyError[] ToArray() => [.. _errors];
}
