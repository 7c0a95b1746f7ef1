using System.Diagnostics;
using System.Text.Json;
using Connectivity.Testing;

[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.AwsSdk))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// The real AWS SDK for JavaScript, in one Node.js process that the first test starts. Its packages are installed when
/// they are absent.
/// </summary>
public sealed class AwsSdk : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Process? _driver;

    /// <summary>The result that the SDK returned, or the error that it threw.</summary>
    public sealed record Reply(JsonElement Result, SdkError? Error, string? RequestId)
    {
        /// <summary>The result of a call that succeeded.</summary>
        public JsonElement Value => Error is null ? Result : throw new InvalidOperationException(Error.ToString());

        public SdkError ShouldBeError(string name, int status, string? message = null)
        {
            var error = Error.ShouldNotBeNull();
            error.Name.ShouldBe(name);
            error.Status.ShouldBe(status);
            if (message is not null) error.Message.ShouldBe(message);
            Guid.TryParse(error.RequestId, out _).ShouldBeTrue();
            return error;
        }
    }

    public sealed record SdkError(
        string Name, string Message, int? Status, string? RequestId, string? ResourceId, string? ResourceArn);

    /// <summary>Calls one operation, without retries.</summary>
    public Task<Reply> CallAsync(ApiHost host, string operation, object? input = null) =>
        CallAsync(host, host.Administrator, operation, input);

    /// <inheritdoc cref="CallAsync(ApiHost, string, object?)"/>
    /// <param name="clockOffset">Milliseconds that the client's clock is ahead.</param>
    /// <param name="attempts">The maximum number of attempts by the SDK.</param>
    public Task<Reply> CallAsync(
        ApiHost host, Credentials credentials, string operation, object? input = null, string region = "us-east-1",
        long clockOffset = 0, int attempts = 1) =>
        CallAsync(new
        {
            endpoint = host.Address.OriginalString,
            operation,
            input = input ?? new { },
            credentials = Keys(credentials),
            region,
            clockOffset,
            attempts,
        });

    /// <summary>All pages that the SDK's own paginator reads.</summary>
    public async Task<IReadOnlyList<JsonElement>> PagesAsync(ApiHost host, string operation, object? input = null)
    {
        var reply = await CallAsync(new
        {
            endpoint = host.Address.OriginalString,
            paginate = operation,
            input = input ?? new { },
            credentials = Keys(host.Administrator),
        });
        return [.. reply.Value.EnumerateArray()];
    }

    /// <summary>The target of a request that the SDK's own signer presigns for a minute.</summary>
    public async Task<string> PresignAsync(
        ApiHost host, Credentials credentials, string path, string region = "us-east-1", long clockOffset = 0)
    {
        var reply = await CallAsync(new
        {
            endpoint = host.Address.OriginalString,
            presign = path,
            credentials = Keys(credentials),
            region,
            clockOffset,
        });
        return reply.Value.GetString()!;
    }

    private static object Keys(Credentials credentials) =>
        new
        {
            accessKeyId = credentials.AccessKeyId,
            secretAccessKey = credentials.Secret,
            sessionToken = credentials.SessionToken,
        };

    public async ValueTask DisposeAsync()
    {
        if (_driver is null) return;
        _driver.StandardInput.Close();
        using var timeout = new CancellationTokenSource(Timeout);
        await _driver.WaitForExitAsync(timeout.Token);
        _driver.Dispose();
    }

    private async Task<Reply> CallAsync(object command)
    {
        var node = Prerequisite.Node20();
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _driver ??= await StartAsync(node);
            await _driver.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
            await _driver.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            var line = await _driver.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Timeout);
            return JsonSerializer.Deserialize<Reply>(line!, JsonSerializerOptions.Web)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<Process> StartAsync(string node)
    {
        var directory = Build.AwsSdkDirectory;
        await Npm.EnsureAsync(directory, "@aws-sdk/client-iot");
        return Process.Start(new ProcessStartInfo(node, ["driver.mjs"])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // The SDK warns that its next release needs a newer Node.js; the release under test is pinned.
            Environment = { ["NODE_NO_WARNINGS"] = "1" },
        })!;
    }
}
