using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Connectivity.Aws.Policies.Conditions;

/// <summary>An integer or a decimal, such as <c>-1.5</c> or <c>1e3</c>, of at most 28 significant digits.</summary>
internal static class NumberForm
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryRead(string text, out decimal number) =>
        decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out number);
}

/// <summary>true or false, in any case.</summary>
internal static class BoolForm
{
    public static bool IsBool(string text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase)
        || text.Equals("false", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Bytes, in base64 with its padding.</summary>
internal static class BinaryForm
{
    public static bool TryRead(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[text.Length / 4 * 3];
        var isRead = Convert.TryFromBase64String(text, buffer, out var written);
        bytes = isRead ? buffer[..written] : null;
        return isRead;
    }
}

/// <summary>Six parts, separated by colons; the first is <c>arn</c>.</summary>
internal static class ArnForm
{
    public static bool IsArn(string text) =>
        text.StartsWith("arn:", StringComparison.Ordinal) && text.AsSpan().Count(':') >= 5;
}
