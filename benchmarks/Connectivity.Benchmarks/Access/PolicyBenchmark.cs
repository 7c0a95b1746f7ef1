using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Connectivity.Access.Keys;
using Connectivity.Api.Hosting;
using Connectivity.Api.Security;
using Connectivity.Aws.Policies;
using Connectivity.Domain;
using Connectivity.Testing.Policies;
using Microsoft.AspNetCore.Http;

namespace Connectivity.Benchmarks.Access;

/// <summary>Decisions for the policy cases of the tests, and the other work of the host for a decision.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class PolicyBenchmark
{
    private const int Cases = 441;

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 12, 40, TimeSpan.Zero);

    private readonly HttpContext _http =
        new SignedCall(AwsClient.JavaScriptSdk, new ConnectivityOptions(), NewAccessKey.Create()).ToContext();
    private readonly Account _account = new("000000000000", "us-east-1");
    private readonly Principal _principal = new("000000000000", "ann", FirstAdministrator.Policies, AccessKey.Scheme);
    private (IReadOnlyList<AttachedPolicy> Policies, AccessRequest Request)[] _cases = [];
    private string[] _texts = [];

    [GlobalSetup]
    public void SetUp()
    {
        if (PolicyCases.All.Count != Cases)
            throw new InvalidOperationException($"There are {PolicyCases.All.Count} cases, the constant is {Cases}.");
        _cases =
        [
            .. PolicyCases.All.Select(
                each => (Attached(each), new AccessRequest(each.Action, each.Resource, Context(each)))),
        ];
        _texts =
        [
            .. PolicyCases.All.Select(
                each => each.Policies.Count == 0 ? FirstAdministrator.Policy : each.Policies[^1].Json),
        ];
    }

    [BenchmarkCategory("decision, mean of all cases")]
    [Benchmark(Baseline = true, OperationsPerInvoke = Cases, Description = "floor: one statement allows everything")]
    public int DecideByOneStatement()
    {
        var allowed = 0;
        foreach (var (_, request) in _cases)
            if (PolicyEvaluation.Decide(FirstAdministrator.Policies, request).IsAllowed) allowed++;
        return allowed;
    }

    [BenchmarkCategory("decision, mean of all cases")]
    [Benchmark(OperationsPerInvoke = Cases, Description = "decide")]
    public int Decide()
    {
        var allowed = 0;
        foreach (var (policies, request) in _cases)
            if (PolicyEvaluation.Decide(policies, request).IsAllowed) allowed++;
        return allowed;
    }

    [BenchmarkCategory("reading, mean of all cases")]
    [Benchmark(Baseline = true, OperationsPerInvoke = Cases, Description = "floor: parse the JSON")]
    public int ParseJson()
    {
        var members = 0;
        foreach (var text in _texts)
        {
            using var json = JsonDocument.Parse(text);
            members += json.RootElement.GetPropertyCount();
        }

        return members;
    }

    [BenchmarkCategory("reading, mean of all cases")]
    [Benchmark(OperationsPerInvoke = Cases, Description = "read and check the policy")]
    public int Read()
    {
        var statements = 0;
        foreach (var text in _texts)
            if (PolicyDocument.TryParse(text, out var document, out _)) statements += document.Statements.Count;
        return statements;
    }

    [BenchmarkCategory("context of a request")]
    [Benchmark(Baseline = true, Description = "floor: thirteen keys set")]
    public RequestContext SetKeys() => new RequestContext()
        .Set("iot:IncludeSocketInformation", "false").Set("aws:SourceIp", "127.0.0.1")
        .Set("aws:SecureTransport", "false").Set("aws:CurrentTime", "2026-11-23T06:12:40Z")
        .Set("aws:EpochTime", "1795414360")
        .Set("aws:UserAgent", "aws-sdk-js/3.1168.0").Set("aws:PrincipalArn", "arn:aws:iam::000000000000:user/ann")
        .Set("aws:PrincipalAccount", "000000000000").Set("aws:PrincipalType", "User").Set("aws:userid", "ann")
        .Set("aws:username", "ann").Set("aws:RequestedRegion", "us-east-1")
        .Set("aws:TokenIssueTime", "2026-11-23T06:12:40Z");

    [BenchmarkCategory("context of a request")]
    [Benchmark(Description = "the caller, with its context")]
    public Caller BuildContext() =>
        new(_principal, _account, "iot:GetThingConnectivityData", _http, Now);

    private static List<AttachedPolicy> Attached(PolicyCase each)
    {
        var attached = new List<AttachedPolicy>();
        foreach (var (name, json) in each.Policies)
            if (PolicyDocument.TryParse(json, out var document, out _))
                attached.Add(new AttachedPolicy(name, document));
        return attached;
    }

    private static RequestContext Context(PolicyCase each)
    {
        var context = new RequestContext();
        foreach (var (key, values) in each.Context)
            if (values is [var only]) context.Set(key, only);
            else context.Set(key, values);
        return context;
    }
}
