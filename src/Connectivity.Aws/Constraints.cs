namespace Connectivity.Aws;

/// <summary>
/// The violated constraints of one request, reported together in the format of AWS: <c>2 validation errors detected:
/// Value 'x' at 'a.b' failed to satisfy constraint: …; …</c>
/// </summary>
public sealed class Constraints
{
    private readonly List<string> _violations = [];

    /// <param name="value">As AWS prints it, or null for a missing value.</param>
    /// <param name="constraint">What the value must be, beginning with "Member must".</param>
    public void Violated(string? value, string path, string constraint)
    {
        var printed = value is null ? "null" : $"'{value}'";
        _violations.Add($"Value {printed} at '{path}' failed to satisfy constraint: {constraint}");
    }

    /// <summary>Leaves out a sensitive value.</summary>
    public void ViolatedBySensitive(string path, string constraint) =>
        _violations.Add($"Value at '{path}' failed to satisfy constraint: {constraint}");

    /// <exception cref="AwsException">InvalidRequestException with every violation, where there is one.</exception>
    public void ThrowIfViolated()
    {
        if (_violations.Count == 0) return;
        var counted = _violations.Count == 1
            ? "1 validation error detected"
            : $"{_violations.Count} validation errors detected";
        throw new AwsException(AwsError.InvalidRequest($"{counted}: {string.Join("; ", _violations)}"));
    }
}
