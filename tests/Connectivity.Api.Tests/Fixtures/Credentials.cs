using Connectivity.Testing.SigV4;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>An access key as a client uses it.</summary>
public sealed record Credentials(string AccessKeyId, string Secret, string? SessionToken = null)
{
    /// <summary>
    /// The one profile of an AWS shared credentials file, or of the output of the command <c>keys</c>.
    /// </summary>
    public static Credentials Parse(string profile)
    {
        var settings = profile.Split('\n').Select(line => line.Split(" = ", 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].TrimEnd());
        return new Credentials(
            settings["aws_access_key_id"], settings["aws_secret_access_key"],
            settings.GetValueOrDefault("aws_session_token"));
    }

    public static Credentials Read(string dataDirectory) =>
        Parse(File.ReadAllText(Path.Combine(dataDirectory, "credentials")));

    public RequestSigner Signer(string region = "us-east-1", string service = "iot") =>
        new(AccessKeyId, Secret, region, service, SessionToken);
}
