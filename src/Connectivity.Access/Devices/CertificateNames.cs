using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Connectivity.Access.Devices;

/// <summary>
/// The parts of a certificate's subject, issuer and alternative names, as AWS IoT names them. Sources: RFC 5280,
/// sections 4.1.2.4 and 4.2.1.6; X.520 for the attribute types.
/// </summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string IssuerAlternativeName = "2.5.29.18";

    /// <summary>
    /// Behind a backslash in a value. Source: "Using X.509 certificate policy variables", Special Characters.
    /// </summary>
    private const string Escaped = ",\"\\+=<>;";

    private static readonly Dictionary<string, string> Attributes = new()
    {
        ["2.5.4.3"] = "CommonName",
        ["2.5.4.4"] = "Surname",
        ["2.5.4.5"] = "SerialNumber",
        ["2.5.4.6"] = "Country",
        ["2.5.4.8"] = "State",
        ["2.5.4.10"] = "Organization",
        ["2.5.4.11"] = "OrganizationalUnit",
        ["2.5.4.12"] = "Title",
        ["2.5.4.42"] = "GivenName",
        ["2.5.4.43"] = "Initials",
        ["2.5.4.44"] = "GenerationQualifier",
        ["2.5.4.46"] = "DistinguishedNameQualifier",
        ["2.5.4.65"] = "Pseudonym",
    };

    /// <summary>By the tag of a GeneralName.</summary>
    private static readonly Dictionary<int, string> AlternativeNames = new()
    {
        [1] = "RFC822Name",
        [2] = "DNSName",
        [6] = "UniformResourceIdentifier",
        [7] = "IPAddress",
    };

    /// <summary>Every name there can be.</summary>
    public static IEnumerable<string> All =>
        from side in (string[])["Subject", "Issuer"]
        from name in (IEnumerable<string>)[.. Attributes.Values, .. AlternativeNames.Values.Select(Alternative)]
        select $"{side}.{name}";

    /// <summary>Names and values, in the certificate's order. What can't be read ends its part of them.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(X509Certificate2 certificate) =>
    [
        .. Read("Subject", certificate.SubjectName.RawData, ReadDistinguishedName),
        .. Read("Issuer", certificate.IssuerName.RawData, ReadDistinguishedName),
        .. certificate.Extensions.SelectMany(extension => extension.Oid?.Value switch
        {
            SubjectAlternativeName => Read("Subject", extension.RawData, ReadGeneralNames),
            IssuerAlternativeName => Read("Issuer", extension.RawData, ReadGeneralNames),
            _ => [],
        }),
    ];

    private static IEnumerable<(string, string)> Read(
        string side, byte[] der, Action<AsnReader, List<(string Name, string Value)>> read)
    {
        var found = new List<(string Name, string Value)>();
        try
        {
            read(new AsnReader(der, AsnEncodingRules.DER), found);
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException)
        {
            // The device's own certificate: what of it can't be read has no value.
        }
        return found.Select(each => ($"{side}.{each.Name}", each.Value));
    }

    private static void ReadDistinguishedName(AsnReader reader, List<(string, string)> found)
    {
        var name = reader.ReadSequence();
        while (name.HasData)
        {
            var parts = name.ReadSetOf();
            while (parts.HasData)
            {
                var part = parts.ReadSequence();
                var type = part.ReadObjectIdentifier();
                if (!Attributes.TryGetValue(type, out var known)) continue;
                var tag = (UniversalTagNumber)part.PeekTag().TagValue;
                found.Add((known, Escape(part.ReadCharacterString(tag))));
            }
        }
    }

    private static void ReadGeneralNames(AsnReader reader, List<(string, string)> found)
    {
        var names = reader.ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || !AlternativeNames.TryGetValue(tag.TagValue, out var known))
                names.ReadEncodedValue();
            else if (known == "IPAddress")
                found.Add((Alternative(known), new IPAddress(names.ReadOctetString(tag)).ToString()));
            else
                found.Add((Alternative(known), names.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
        }
    }

    private static string Alternative(string name) => $"AlternativeName.{name}";

    private static string Escape(string value)
    {
        if (!value.AsSpan().ContainsAny(Escaped)) return value;
        var text = new StringBuilder();
        foreach (var character in value)
            (Escaped.Contains(character) ? text.Append('\\') : text).Append(character);
        return text.ToString();
    }
}
