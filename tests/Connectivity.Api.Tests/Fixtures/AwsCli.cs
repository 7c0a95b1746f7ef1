using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Connectivity.Testing;

[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.AwsCli))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The real AWS CLI v2 from an npm package of the AWS CDK, which is installed when it is absent.</summary>
public sealed class AwsCli
{
    private const string Package = "@aws-cdk/asset-awscli-v2";

    private readonly Lazy<Task<string>> _program = new(InstallAsync);

    /// <summary>Calls an operation of AWS IoT with these credentials, without retries.</summary>
    public Task<CommandAnswer> CallAsync(
        ApiHost host, Credentials credentials, string[] arguments, string region = "us-east-1")
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.Secret,
        };
        if (credentials.SessionToken is { } token) environment["AWS_SESSION_TOKEN"] = token;
        return RunAsync(
            ["--endpoint-url", host.Address.OriginalString, "--region", region, "iot", .. arguments], environment);
    }

    /// <summary>Runs the CLI with these arguments and without this machine's AWS settings.</summary>
    public async Task<CommandAnswer> RunAsync(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        Prerequisite.Require(
            RuntimeInformation.RuntimeIdentifier.StartsWith("linux-x64", StringComparison.Ordinal),
            "The npm package of the AWS CLI is for Linux on x64.");
        Prerequisite.Node20();
        var start = new ProcessStartInfo(await _program.Value, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var inherited = start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal));
        foreach (var name in inherited.ToList()) start.Environment.Remove(name);
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_MAX_ATTEMPTS"] = "1";
        start.Environment["AWS_PAGER"] = "";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var ct = TestContext.Current.CancellationToken;
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new CommandAnswer(process.ExitCode, output, await errors);
    }

    private static async Task<string> InstallAsync()
    {
        await Npm.EnsureAsync(Build.AwsCliDirectory, Package);
        var directory = Path.Combine(Build.AwsCliDirectory, "node_modules", Package, "lib");
        var unpacked = Path.Combine(directory, "unpacked");
        if (!Directory.Exists(unpacked))
        {
            // Renamed when complete, so that an interrupted extraction is not used.
            var unfinished = Path.Combine(directory, $"unfinished-{Guid.NewGuid():N}");
            // Extraction keeps the files' modes, which make the programs executable.
            await ZipFile.ExtractToDirectoryAsync(
                Path.Combine(directory, "layer.zip"), unfinished, TestContext.Current.CancellationToken);
            Directory.Move(unfinished, unpacked);
        }

        return Directory.EnumerateFiles(Path.Combine(unpacked, "awscli", "v2"), "aws", SearchOption.AllDirectories)
            .Single(path => Path.GetFileName(Path.GetDirectoryName(path)) == "dist");
    }
}
