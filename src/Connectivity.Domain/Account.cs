namespace Connectivity.Domain;

/// <summary>
/// An account id and a region. Every thing, every configuration and every stream belongs to one, as on AWS, where both
/// registry and fleet index are per account and region.
/// </summary>
/// <param name="Id">Twelve digits.</param>
/// <param name="Region">An AWS region name, such as <c>us-east-1</c>.</param>
public sealed record Account(string Id, string Region)
{
    /// <summary>Whether the text is an account id: twelve ASCII digits.</summary>
    public static bool IsId(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    public override string ToString() => $"{Id}/{Region}";
}
