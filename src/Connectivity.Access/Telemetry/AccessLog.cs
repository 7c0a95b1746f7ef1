using Microsoft.Extensions.Logging;

namespace Connectivity.Access.Telemetry;

/// <summary>Log messages of stored access: ids and names, never a secret. Event ids: 400 access.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(400, LogLevel.Error,
        "The secret of access key {AccessKeyId} can't be decrypted: the key ring is not the one it was encrypted with. "
        + "Requests signed with it fail. The command `keys create` makes another")]
    public static partial void UndecryptableSecret(this ILogger logger, string accessKeyId);

    [LoggerMessage(401, LogLevel.Error,
        "The policy {Policy} of user {User} in account {Account} can't be read: the user is denied everything")]
    public static partial void UnreadablePolicy(this ILogger logger, string policy, string user, string account);
}
