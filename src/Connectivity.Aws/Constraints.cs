namespace Connectivity.Aws;

/// <summary>
/// The broken constraints of one request, all told at once in AWS's words:
/// <c>2 validation errors detected: Value 'x' at 'a.b' failed to satisfy constraint: …; …</c>
/// </summary>
public sealed class Constraints
{
    private readonly List<string> _violations = [];

    /// <param name="value">As AWS prints it, or null for a value that is missing.</param>
    /// <param name="constraint">What the value must be, beginning with "Member must".</param>
    public void Violated(string? value, string path, string constraint) =>
        _violations.Add($"Value {(value is null ? "null" : $"'{value}'")} at '{path}' failed to satisfy constraint: {constraint}");

    /// <summary>A sensitive value is not told back.</summary>
    public void ViolatedBySensitive(string path, string constraint) =>
        _violations.Add($"Value at '{path}' failed to satisfy constraint: {constraint}");

    /// <exception cref="AwsException">InvalidRequestException with every violation, where there is one.</exception>
    public void ThrowIfViolated()
    {
        if (_violations.Count == 0) return;
        var counted = _violations.Count == 1 ? "1 validation error detected" : $"{_violations.Count} validation errors detected";
        throw new AwsException(AwsError.InvalidRequest($"{counted}: {string.Join("; ", _violations)}"));
    }
}
