using System.Globalization;
using Connectivity.Access.Keys;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class KeysInput : AccessInput
{
    /// <summary>Seconds for which a rotated key stays valid, so that its users can change over.</summary>
    internal const int DefaultOverlap = 3600;

    [Description("create, list, disable, delete or rotate (make its successor)")]
    public string Action { get; set; } = "";

    [Description("The user to create a key for, or the id of the key")]
    public string? Name { get; set => field = CommandLine.Value(value); }

    [Description("create: a temporary key, with a session token, valid for this many seconds (900 to 129600)")]
    public string? DurationFlag { get; set; }

    [Description("rotate: the seconds for which the old key stays valid (0 to 604800; default 3600)")]
    public string? OverlapFlag { get; set; }

    /// <summary>The seconds of a flag; null if it is omitted.</summary>
    /// <exception cref="CommandFailureException">The value is not a whole number in the range.</exception>
    internal static int? Seconds(string? flag, int least, int most, string error) =>
        flag is null ? null
        : int.TryParse(flag, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= least && seconds <= most ? seconds
        : throw new CommandFailureException($"{error} {least} to {most} seconds.");
}

/// <summary>
/// <c>keys</c>: the access keys of users. A secret is printed once, when its key is created, as a profile of the AWS
/// shared credentials file.
/// </summary>
[Description("Creates, lists, disables, deletes and rotates access keys", Name = "keys")]
public sealed class KeysCommand : HostCommand<KeysInput>
{
    public KeysCommand()
    {
        Usage("name the actions").Arguments();
        Usage("list the keys of the account").Arguments(input => input.Action);
        Usage("create a key for a user; disable, delete or rotate a key")
            .Arguments(input => input.Action, input => input.Name!);
    }

    protected override Task RunAsync(
        KeysInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var keys = services.GetRequiredService<AccessKeyStore>();
        return input.Action switch
        {
            "create" => CreateAsync(input, keys, services, output, stop),
            "list" => ListAsync(input, keys, services, output, stop),
            "disable" => ChangeAsync(input, keys.DisableAsync, "is disabled", output, stop),
            "delete" => ChangeAsync(input, keys.DeleteAsync, "is deleted", output, stop),
            "rotate" => RotateAsync(input, keys, services, output, stop),
            _ => throw AccessInput.NoSuchAction("create", "list", "disable", "delete", "rotate"),
        };
    }

    private static async Task CreateAsync(
        KeysInput input, AccessKeyStore keys, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var user = AccessInput.UserName(input.Name);
        // The bounds of AWS GetSessionToken.
        var duration = KeysInput.Seconds(input.DurationFlag, 900, 129_600, "A temporary key lasts");
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var key = NewAccessKey.Create(duration is { } seconds ? now.AddSeconds(seconds) : null);
        var stored = key.ToStored(input.AccountId(services), user, services.GetRequiredService<ISecretEncryption>());
        await keys.AddAsync(stored, stop);
        output.Write(key.ToProfile(user));
    }

    private static async Task ListAsync(
        KeysInput input, AccessKeyStore keys, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var account = input.AccountId(services);
        var encryption = services.GetRequiredService<ISecretEncryption>();
        foreach (var key in await keys.ListAsync(stop))
        {
            if (key.AccountId != account || (input.Name is not null && key.UserName != input.Name)) continue;
            var state = !key.IsEnabled ? "disabled"
                : encryption.Decrypt(key.EncryptedSecret) is null ? "undecryptable"
                : "enabled";
            var end = key.ExpiresAt is { } time ? $"  until {time:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "";
            output.WriteLine($"{key.AccessKeyId}  {key.UserName}  {state}  "
                + $"since {key.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}{end}");
        }
    }

    private static async Task ChangeAsync(
        KeysInput input,
        Func<string, CancellationToken, Task<bool>> change,
        string done,
        TextWriter output,
        CancellationToken stop)
    {
        var id = AccessInput.Required(input.Name, "The access key id");
        if (!await change(id, stop)) throw NoSuchKey();
        output.WriteLine($"{id} {done}.");
    }

    private static async Task RotateAsync(
        KeysInput input, AccessKeyStore keys, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var id = AccessInput.Required(input.Name, "The access key id");
        var overlap = KeysInput.Seconds(input.OverlapFlag, 0, 604_800, "The overlap is") ?? KeysInput.DefaultOverlap;
        var old = (await keys.ListAsync(stop)).SingleOrDefault(key => key.AccessKeyId == id) ?? throw NoSuchKey();
        if (old.SessionTokenHash is not null)
            throw new CommandFailureException("A temporary key can't be rotated: create another.");
        var endsAt = services.GetRequiredService<TimeProvider>().GetUtcNow().AddSeconds(overlap);
        var successor = NewAccessKey.Create();
        var stored = successor.ToStored(old.AccountId, old.UserName, services.GetRequiredService<ISecretEncryption>());
        if (!await keys.ReplaceAsync(id, endsAt, stored, stop)) throw NoSuchKey();
        output.Write(successor.ToProfile(old.UserName));
    }

    private static CommandFailureException NoSuchKey() => new("There is no such access key.");
}
