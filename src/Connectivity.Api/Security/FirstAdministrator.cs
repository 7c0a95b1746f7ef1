using System.Diagnostics;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Api.Database;
using Connectivity.Api.Telemetry;
using Connectivity.Aws.Policies;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>
/// The first access key, made once in the life of a database, and left in the data directory as an AWS shared credentials file that only
/// the host's user can read. Whoever lost it makes another with the command <c>keys create</c>.
/// </summary>
public sealed class FirstAdministrator(
    DatabaseOptions options, Account account, AccessBootstrap bootstrap, ISecretEncryption encryption, TimeProvider clock, ILogger<FirstAdministrator> logger)
{
    public const string UserName = "administrator";
    public const string PolicyName = "AdministratorAccess";
    public const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    public static readonly IReadOnlyList<AttachedPolicy> Policies =
        [new(PolicyName, PolicyDocument.TryParse(Policy, out var document, out _) ? document : throw new UnreachableException())];

    /// <summary>Absolute.</summary>
    public string CredentialsPath => Path.Combine(Path.GetFullPath(options.DataDirectory), "credentials");

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var key = NewAccessKey.Create();
        var added = await bootstrap.AddFirstAsync(
            UserName, () => key.ToStored(account.Id, UserName, encryption), PolicyName, Policy, beforeCommit: () => LeaveAsync(key), cancellationToken);
        if (added) logger.FirstAdministratorAdded(CredentialsPath);
    }

    private Task LeaveAsync(NewAccessKey key)
    {
        // That of a database before is kept: its keys may still be needed.
        PrivateFiles.Write(CredentialsPath, key.ToProfile("default"), keepingAs: $"{CredentialsPath}-until-{clock.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
        return Task.CompletedTask;
    }
}
