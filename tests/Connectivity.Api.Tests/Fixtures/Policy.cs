using System.Text.Json;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Policies of one statement.</summary>
public static class Policy
{
    public static readonly string AllowAll = Allow("*", "*");

    public static string Allow(string action, string resource) => Of("Allow", action, resource);

    public static string Deny(string action, string resource) => Of("Deny", action, resource);

    private static string Of(string effect, string action, string resource) => JsonSerializer.Serialize(new
    {
        Version = "2012-10-17",
        Statement = new { Sid = "Only", Effect = effect, Action = action, Resource = resource },
    });
}
