using System.Diagnostics;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Telemetry;
using Connectivity.Aws.Policies;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>
/// Creates the first access key, once per database, and writes it to the data directory as an AWS shared credentials
/// file that only the host's user can read. If it is lost, the command <c>keys create</c> creates another.
/// </summary>
public sealed class FirstAdministrator(
    DatabaseOptions options,
    Account account,
    AccessBootstrap bootstrap,
    ISecretEncryption encryption,
    TimeProvider clock,
    ILogger<FirstAdministrator> logger)
{
    public const string UserName = "administrator";
    public const string PolicyName = "AdministratorAccess";
    public const string Policy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    public static readonly IReadOnlyList<AttachedPolicy> Policies =
    [
        new(
            PolicyName,
            PolicyDocument.TryParse(Policy, out var document, out _) ? document : throw new UnreachableException()),
    ];

    /// <summary>An absolute path.</summary>
    public string CredentialsPath => Path.Combine(Path.GetFullPath(options.DataDirectory), "credentials");

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var key = NewAccessKey.Create();
        var added = await bootstrap.AddFirstAsync(
            UserName,
            () => key.ToStored(account.Id, UserName, encryption),
            PolicyName,
            Policy,
            beforeCommit: () => WriteCredentialsAsync(key),
            cancellationToken);
        if (added) logger.FirstAdministratorAdded(CredentialsPath);
    }

    private Task WriteCredentialsAsync(NewAccessKey key)
    {
        // A file of an earlier database is kept: its keys may still be needed.
        StartupFiles.Write(
            CredentialsPath,
            key.ToProfile("default"),
            renameExistingTo: $"{CredentialsPath}-until-{clock.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
        return Task.CompletedTask;
    }
}
