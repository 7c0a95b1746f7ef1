using System.Text.RegularExpressions;

namespace Connectivity.Domain.Things;

/// <summary>
/// The form of a thing's name. Source: AWS IoT API reference, CreateThing and GetThingConnectivityData.
/// </summary>
public static partial class ThingName
{
    /// <summary>1 to 128 of these characters.</summary>
    public const string Pattern = "[a-zA-Z0-9:_-]+";

    public const int MaximumLength = 128;

    public static bool IsValid(string name) => Form().IsMatch(name);

    [GeneratedRegex(@"\A[a-zA-Z0-9:_-]{1,128}\z")]
    private static partial Regex Form();
}
