using Connectivity.Aws.Policies;

namespace Connectivity.Access.Devices;

/// <summary>
/// The condition keys and policy variables of a device's connection. Source: AWS IoT developer guide, "Basic AWS IoT
/// Core policy variables", "Thing policy variables", "X.509 Certificate AWS IoT Core policy variables", "Using
/// connectAttributes" and "Connect policy examples". They are facts of the connection, and so the same for each of its
/// messages.
/// </summary>
public static class DeviceConditionKeys
{
    public const string ClientId = "iot:ClientId";
    public const string ThingName = "iot:Connection.Thing.ThingName";
    public const string IsAttached = "iot:Connection.Thing.IsAttached";

    /// <summary>
    /// The server name that the device sent in TLS (RFC 6066, section 3), in lower case; absent if it sent none.
    /// </summary>
    public const string DomainName = "iot:DomainName";

    /// <summary>
    /// <see cref="LastWill"/> and <see cref="PersistentConnect"/>, or one of them; absent without both.
    /// </summary>
    public const string ConnectAttributes = "iot:ConnectAttributes";

    /// <summary>The ARN of the will's topic; absent without a will.</summary>
    public const string LastWillTopic = "iot:LastWillTopic";

    /// <summary>Whether a message contains another device's address; true of no message otherwise.</summary>
    public const string IncludeSocketInformation = "iot:IncludeSocketInformation";

    public const string SourceIp = "aws:SourceIp";
    public const string SecureTransport = "aws:SecureTransport";
    public const string CurrentTime = "aws:CurrentTime";
    public const string EpochTime = "aws:EpochTime";

    /// <summary>A connect attribute: the device has a will.</summary>
    public const string LastWill = "LastWill";

    /// <summary>A connect attribute: the device asks for a session that outlasts its connection.</summary>
    public const string PersistentConnect = "PersistentConnect";

    private const string AttributePrefix = "iot:Connection.Thing.Attributes[";

    private static readonly HashSet<string> OneValue = new(StringComparer.OrdinalIgnoreCase)
    {
        ClientId, ThingName, IsAttached, DomainName, LastWillTopic, IncludeSocketInformation, SourceIp, SecureTransport,
        CurrentTime, EpochTime,
    };

    private static readonly KnownConditionKeys OfPasswords =
        new("connections that authenticate with a password", FindOfAll);

    private static readonly KnownConditionKeys OfCertificates =
        new("connections of devices", key => FindOfAll(key) ?? CertificateConditionKeys.Find(key));

    /// <summary>The keys of the connections that a credential of this kind can open.</summary>
    /// <param name="kind">As in <see cref="DeviceCredential.Kind"/>.</param>
    public static KnownConditionKeys Of(string kind) =>
        kind == DeviceCredential.Certificate ? OfCertificates : OfPasswords;

    /// <summary>The key of a thing's attribute, whose name is case-sensitive.</summary>
    public static string Attribute(string name) => $"{AttributePrefix}{name}]";

    private static ConditionKeyValues? FindOfAll(string key)
    {
        if (OneValue.Contains(key)) return ConditionKeyValues.One;
        if (key.Equals(ConnectAttributes, StringComparison.OrdinalIgnoreCase)) return ConditionKeyValues.Several;
        var isAttribute = key.StartsWith(AttributePrefix, StringComparison.OrdinalIgnoreCase)
            && key.EndsWith(']') && key.Length > AttributePrefix.Length + 1;
        return isAttribute ? ConditionKeyValues.One : null;
    }
}
