using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Aws.Policies;

namespace Connectivity.Access.Devices;

/// <summary>
/// The condition keys of a device's certificate. A key with several values has the first one; behind an index from 0
/// another, and behind <c>List</c> all, five at the most. Source: AWS IoT developer guide, "X.509 Certificate AWS IoT
/// Core policy variables" and "Using X.509 certificate policy variables". <c>AlternativeName.DirectoryName</c> is not
/// known: AWS documents no form for it, only an example.
/// </summary>
public static class CertificateConditionKeys
{
    /// <summary>The serial number, in decimal.</summary>
    public const string SerialNumber = Prefix + "SerialNumber";

    /// <summary>The names of those keys of this certificate that have a value, without index and <c>List</c>.</summary>
    public const string AvailableKeys = Prefix + "AvailableKeys";

    private const string Prefix = "iot:Certificate.";
    private const int MaximumValues = 5;
    private const int MaximumLength = 1024;

    /// <summary>A value with one of them stands for no variable.</summary>
    private const string Wildcards = "*$+?#";

    private static readonly Dictionary<string, ConditionKeyValues> Known = Names();

    public static ConditionKeyValues? Find(string key) =>
        Known.TryGetValue(key, out var values) ? values : null;

    /// <summary>Sets the keys for which the certificate has a value.</summary>
    public static void Set(RequestContext context, X509Certificate2 certificate)
    {
        var available = new List<string> { SerialNumber };
        var serialNumber = new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true);
        context.Set(SerialNumber, serialNumber.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, values) in CertificateNames.Of(certificate).GroupBy(each => each.Name, each => each.Value)
            .Select(group => (Prefix + group.Key, group.Take(MaximumValues).ToArray())))
        {
            available.Add(name);
            context.Set(name, Usable(values[0]));
            for (var i = 0; i < values.Length; i++) context.Set($"{name}.{i}", Usable(values[i]));
            context.Set($"{name}.List", values);
        }
        context.Set(AvailableKeys, available);
    }

    private static string? Usable(string value) =>
        value.Length <= MaximumLength && !value.AsSpan().ContainsAny(Wildcards) ? value : null;

    private static Dictionary<string, ConditionKeyValues> Names()
    {
        var known = new Dictionary<string, ConditionKeyValues>(StringComparer.OrdinalIgnoreCase)
        {
            [SerialNumber] = ConditionKeyValues.One,
            [AvailableKeys] = ConditionKeyValues.Several,
        };
        foreach (var name in CertificateNames.All.Select(name => Prefix + name))
        {
            known[name] = ConditionKeyValues.One;
            for (var i = 0; i < MaximumValues; i++) known[$"{name}.{i}"] = ConditionKeyValues.One;
            known[$"{name}.List"] = ConditionKeyValues.Several;
        }
        return known;
    }
}
