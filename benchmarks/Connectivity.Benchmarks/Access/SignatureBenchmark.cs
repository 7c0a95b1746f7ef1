using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Http;

namespace Connectivity.Benchmarks.Access;

/// <summary>
/// The authorization of a request from its head and body, through the host's own middleware; and a verified request
/// that is throttled. The floor is the work that every verification needs.
/// </summary>
public class SignatureBenchmark
{
    private AccessHost _host = null!;
    private SignatureFloor _floor = null!;
    private SignedCall _call = null!;
    private SignedCall _callForAnotherService = null!;
    private RequestDelegate _pipeline = null!;
    private int _allowed;

    [ParamsAllValues]
    public AwsClient Client { get; set; }

    /// <summary>Sets a limit that is not reached, so that every request is verified and authorized.</summary>
    [GlobalSetup]
    public Task SetUpAsync() => SetUpAsync(
        "--Connectivity:Throttling:GetThingConnectivityData:PerSecond", "1000000",
        "--Connectivity:Throttling:GetThingConnectivityData:Burst", "1000000");

    /// <summary>
    /// Allows anonymous access, so that the middleware begins where verification ends, and sets a limit that is
    /// exhausted. One request per second passes, and the database is queried some 20 times per second, as in
    /// production.
    /// </summary>
    [GlobalSetup(Target = nameof(ThrottledBeyondVerification))]
    public Task SetUpThrottledAsync() => SetUpAsync(
        "--Connectivity:AllowAnonymous", "true",
        "--Connectivity:Throttling:GetThingConnectivityData:PerSecond", "1",
        "--Connectivity:Throttling:GetThingConnectivityData:Burst", "1");

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _host.DisposeAsync();

    [Benchmark(Baseline = true, Description = "floor: hashes and HMAC chain")]
    public byte Floor()
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _floor.SignWithDerivedKey(signature);
        return signature[0];
    }

    [Benchmark(Description = "floor with the day's key cached")]
    public byte FloorWithCachedKey()
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _floor.SignWithCachedKey(signature);
        return signature[0];
    }

    [Benchmark(Description = "verify + authorize")]
    public async Task<int> VerifyAndAuthorize()
    {
        await _pipeline(_call.ToContext(_host.Services));
        return Allowed(1);
    }

    /// <summary>
    /// Two requests, each signed for another service than the one before, so that the cached key is never the right
    /// one.
    /// </summary>
    [Benchmark(OperationsPerInvoke = 2, Description = "verify + authorize, key derived")]
    public async Task<int> VerifyWithDerivedKeyAndAuthorize()
    {
        await _pipeline(_call.ToContext(_host.Services));
        await _pipeline(_callForAnotherService.ToContext(_host.Services));
        return Allowed(2);
    }

    [Benchmark(Description = "throttled, beyond verification")]
    public async Task<int> ThrottledBeyondVerification()
    {
        var context = _call.ToContext(_host.Services);
        await _pipeline(context);
        return context.Response.StatusCode;
    }

    private async Task SetUpAsync(params string[] settings)
    {
        _host = await AccessHost.StartAsync(settings);
        _call = new SignedCall(Client, _host.Options, _host.Key);
        _callForAnotherService = new SignedCall(Client, _host.Options, _host.Key, "execute-api");
        _floor = new SignatureFloor(_call, _host.Key.Secret);
        _pipeline = _host.CreatePipeline(Endpoint);
    }

    /// <summary>Authorizes the request as the operation itself does.</summary>
    private Task Endpoint(HttpContext context)
    {
        var caller = context.Features.Get<Caller>()!;
        caller.Require(caller.ThingArn(SignedCall.ThingName), includeSocketInformation: true);
        _allowed++;
        return Task.CompletedTask;
    }

    private int Allowed(int expected)
    {
        var allowed = _allowed;
        _allowed = 0;
        return allowed == expected
            ? allowed
            : throw new InvalidOperationException("A request that the key signed and the policy allows was refused.");
    }
}
