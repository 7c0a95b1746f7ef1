using System.Text.RegularExpressions;

namespace Connectivity.Aws;

/// <summary>
/// The form of the names of users and policies. Source: IAM API reference, CreateUser and PutUserPolicy.
/// </summary>
public static partial class IamName
{
    public const string UserPattern = "[A-Za-z0-9_+=,.@-]{1,64}";
    public const string PolicyPattern = "[A-Za-z0-9_+=,.@-]{1,128}";

    public static bool IsUser(string name) => User().IsMatch(name);

    public static bool IsPolicy(string name) => Policy().IsMatch(name);

    [GeneratedRegex(@$"\A{UserPattern}\z")]
    private static partial Regex User();

    [GeneratedRegex(@$"\A{PolicyPattern}\z")]
    private static partial Regex Policy();
}
