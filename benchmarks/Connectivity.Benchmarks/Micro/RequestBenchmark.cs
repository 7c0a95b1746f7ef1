using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Connectivity.Access.Keys;
using Connectivity.Api.Hosting;
using Connectivity.Api.Security;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Aws.SigV4;
using Connectivity.Benchmarks.Access;

namespace Connectivity.Benchmarks.Micro;

/// <summary>
/// Verifying a query's signature with the day's key, and authorizing it, without the host's middleware, which the
/// command <c>access</c> measures. The floors are the hashes of the signature, and a policy without conditions.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class RequestBenchmark
{
    private readonly SignedCall _call;
    private readonly SignatureFloor _floor;
    private readonly SigningKey _key;
    private readonly AccessRequest _request = new(
        "iot:GetThingConnectivityData", "arn:aws:iot:us-east-1:000000000000:thing/myThing",
        new RequestContext().Set("iot:IncludeSocketInformation", "true"));

    private readonly IReadOnlyList<AttachedPolicy> _policies = [new("connectivity", Document())];

    public RequestBenchmark()
    {
        var key = NewAccessKey.Create();
        _call = new SignedCall(AwsClient.JavaScriptSdk, new ConnectivityOptions(), key);
        _floor = new SignatureFloor(_call, key.Secret);
        SignatureClaims.TryRead(_call.Head, out var claims, out _);
        _key = SigningKey.Derive(key.Secret, claims!.Scope);
        if (Verify() is { } error) throw new InvalidOperationException(error.Message);
        if (!Authorize().IsAllowed) throw new InvalidOperationException("The policy does not allow the request.");
    }

    [BenchmarkCategory("verify a signature")]
    [Benchmark(Baseline = true, Description = "floor: hashes")]
    public byte Hash()
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _floor.SignWithCachedKey(signature);
        return signature[0];
    }

    [BenchmarkCategory("verify a signature")]
    [Benchmark(Description = "verify")]
    public AwsError? Verify()
    {
        SignatureClaims.TryRead(_call.Head, out var claims, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_call.Body, hash);
        return SignatureVerification.VerifyWithBody(claims!, _key, hash);
    }

    [BenchmarkCategory("authorize")]
    [Benchmark(Baseline = true, Description = "floor: one statement allows everything")]
    public Decision AuthorizeAdministrator() => PolicyEvaluation.Decide(FirstAdministrator.Policies, _request);

    [BenchmarkCategory("authorize")]
    [Benchmark(Description = "authorize")]
    public Decision Authorize() => PolicyEvaluation.Decide(_policies, _request);

    private static PolicyDocument Document() => PolicyDocument.TryParse(AccessHost.Policy, out var document, out _)
        ? document
        : throw new InvalidOperationException("The policy can't be read.");
}
