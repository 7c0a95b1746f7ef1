using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.Database;
using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Security;
using Connectivity.Projections.Lifecycle.Rebuild;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connectivity.Benchmarks.Heart.Hosting;

/// <summary>
/// The host in a process of its own, with routes that only benchmarks have: a constant answer to a signed request, the
/// memory of the process, keys of further accounts, and a rebuild.
/// </summary>
public static class BenchmarkServer
{
    public const string Command = "serve";
    public const string MemoryPath = "/benchmark/memory";
    public const string RebuildPath = "/benchmark/rebuild";
    public const string AccountsPath = "/benchmark/accounts";

    /// <summary>As long as the answer of GetThingConnectivityData for a connected thing.</summary>
    private static readonly byte[] Constant =
        """
        {"thingName":"thing-0000000","connected":true,"timestamp":1795414360.123,"disconnectReason":"NONE",
        "keepAliveDuration":60,"cleanSession":true,"clientId":"thing-0000000"}
        """u8.ToArray();

    /// <summary>The path of the constant answer, which stands where that of a thing's query does.</summary>
    public static string ConstantPath(string thingName) => $"/things/{thingName}/constant";

    /// <param name="args">Settings of the host.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new ShutdownSignal();
        var builder = ConnectivityHost.CreateBuilder(args, out var options);
        builder.Services.AddSingleton(stop);
        using var startLog = LoggerFactory.Create(logging => logging.AddConsole());
        await using var database = await HostDatabase.OpenAsync(
            builder.Configuration, options.Database, serving: true, startLog.CreateLogger("Connectivity"), stop.Token);
        await using var app = ConnectivityHost.Build(builder, options, database.ConnectionString);
        Map(app);
        await ConnectivityHost.ServeAsync(app, options, stop.Token);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static void Map(WebApplication app)
    {
        app.MapPost(ConstantPath("{thingName}"), AnswerConstant)
            .AddEndpointFilter(AwsErrors.Answer)
            .WithMetadata(AwsErrors.Surface)
            .WithOperation("iot:GetThingConnectivityData", OperationGroup.GetThingConnectivityData);
        app.MapGet(
            MemoryPath,
            () => Results.Json(new HostMemory(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(false))))
            .WithMetadata(new OpenToAnyone());
        app.MapPost(RebuildPath, (ProjectionRebuild rebuild) => rebuild.RunAsync(null, CancellationToken.None))
            .WithMetadata(new OpenToAnyone());
        app.MapPost(AccountsPath, (int count) => BenchmarkAccounts.CreateAsync(app.Services, count))
            .WithMetadata(new OpenToAnyone());
    }

    private static IResult AnswerConstant(string thingName, Caller caller)
    {
        caller.Require(caller.ThingArn(thingName), includeSocketInformation: false);
        return Results.Bytes(Constant, "application/json");
    }
}

/// <summary>Bytes that the host's process has allocated since its start, and those that its heap has now.</summary>
public sealed record HostMemory(long Allocated, long Heap);
