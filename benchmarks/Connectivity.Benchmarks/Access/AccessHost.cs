using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Api.Database;
using Connectivity.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectivity.Benchmarks.Access;

/// <summary>
/// A host's middleware before its endpoints, with a user's key and policy in its own database. There is no server and
/// no background work: only the measured code runs.
/// </summary>
public sealed class AccessHost : IAsyncDisposable
{
    /// <summary>
    /// Allows reading every thing, and socket information of some: where a request asks for it, the first statement
    /// fails at its condition, and the second allows.
    /// </summary>
    public const string Policy =
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": ["iot:DescribeThing", "iot:GetThingConnectivityData"],
              "Resource": "arn:aws:iot:us-east-1:000000000000:thing/*",
              "Condition": {"Bool": {"iot:IncludeSocketInformation": "false"}}
            },
            {
              "Effect": "Allow",
              "Action": "iot:GetThingConnectivityData",
              "Resource": "arn:aws:iot:us-east-1:000000000000:thing/my*",
              "Condition": {"Bool": {"iot:IncludeSocketInformation": "true"}}
            }
          ]
        }
        """;

    private readonly BenchmarkDatabase _database;
    private readonly WebApplication _app;

    private AccessHost(BenchmarkDatabase database, WebApplication app, ConnectivityOptions options, NewAccessKey key)
    {
        (_database, _app, Options, Key) = (database, app, options, key);
    }

    public ConnectivityOptions Options { get; }

    public NewAccessKey Key { get; }

    public static async Task<AccessHost> StartAsync(params string[] settings)
    {
        var database = await BenchmarkDatabase.StartAsync();
        // A run may take longer than the five minutes for which a signature is valid.
        string[] all =
        [
            "--Connectivity:DataDirectory", database.Directory, "--Connectivity:SignatureWindow", "01:00:00",
            .. settings,
        ];
        var builder = ConnectivityHost.CreateBuilder(all, out var options);
        builder.Logging.ClearProviders();
        var app = ConnectivityHost.Build(builder, options, database.ConnectionString);
        await app.Services.GetRequiredService<DatabaseSchema>().BringUpToDateAsync();

        var key = NewAccessKey.Create();
        var encryption = app.Services.GetRequiredService<ISecretEncryption>();
        await app.Services.GetRequiredService<AccessKeyStore>()
            .AddAsync(key.ToStored(options.Account, "ann", encryption), CancellationToken.None);
        var policy = new StoredPolicy(options.Account, "ann", "connectivity", Policy);
        await app.Services.GetRequiredService<UserPolicyStore>().AttachAsync(policy, CancellationToken.None);
        await app.Services.GetRequiredService<AccessDirectory>().LoadAsync(CancellationToken.None);
        return new AccessHost(database, app, options, key);
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>The middleware that runs before the endpoint, which follows it.</summary>
    public RequestDelegate CreatePipeline(RequestDelegate endpoint)
    {
        var pipeline = new ApplicationBuilder(_app.Services);
        pipeline.UseAccess();
        pipeline.Run(endpoint);
        return pipeline.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }
}
