using Connectivity.Aws;
using Connectivity.Domain.Things;

namespace Connectivity.Api.AwsSurface;

/// <summary>Validates names in paths: AWS clients leave that to the service.</summary>
public static class ThingNameValidation
{
    /// <exception cref="AwsException">InvalidRequestException if the name is invalid.</exception>
    public static void Check(string name, string path, bool sensitive = false)
    {
        if (ThingName.IsValid(name)) return;
        var constraints = new Constraints();
        var constraint = name.Length > ThingName.MaximumLength
            ? $"Member must have length less than or equal to {ThingName.MaximumLength}"
            : $"Member must satisfy regular expression pattern: {ThingName.Pattern}";
        if (sensitive) constraints.ViolatedBySensitive(path, constraint);
        else constraints.Violated(name, path, constraint);
        constraints.ThrowIfViolated();
    }
}
