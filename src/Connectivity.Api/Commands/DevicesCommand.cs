using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Connectivity.Access.Devices;
using Connectivity.Domain;
using JasperFx.CommandLine;

namespace Connectivity.Api.Commands;

public sealed class DevicesInput : AccessInput
{
    [Description("create, list or revoke")]
    public string Action { get; set; } = "";

    [Description("The thing that the device authenticates as, or the id of the credential to revoke")]
    public string? Name { get; set => field = CommandLine.Value(value); }

    [Description("create: the file with the device's certificate, in PEM, instead of a password")]
    public string? CertificateFlag { get; set; }

    [Description("create: the file with a device policy, instead of the default one")]
    public string? PolicyFlag { get; set; }
}

/// <summary>
/// <c>devices</c>: the credentials that devices authenticate with. A password is printed once, when it is created.
/// </summary>
[Description("Creates, lists and revokes the credentials of devices", Name = "devices")]
public sealed class DevicesCommand : HostCommand<DevicesInput>
{
    public DevicesCommand()
    {
        Usage("name the actions").Arguments();
        Usage("list the credentials of all devices").Arguments(input => input.Action);
        Usage("create a credential for a thing, list those of a thing, or revoke one")
            .Arguments(input => input.Action, input => input.Name!);
    }

    protected override Task RunAsync(
        DevicesInput input, IServiceProvider services, TextWriter output, CancellationToken stop)
    {
        var credentials = services.GetRequiredService<DeviceCredentialStore>();
        var account = input.AccountAndRegion(services);
        return input.Action switch
        {
            "create" => CreateAsync(input, account, credentials, output, stop),
            "list" => ListAsync(input, account, credentials, output, stop),
            "revoke" => RevokeAsync(input, account, credentials, output, stop),
            _ => throw AccessInput.NoSuchAction("create", "list", "revoke"),
        };
    }

    private static async Task CreateAsync(
        DevicesInput input,
        Account account,
        DeviceCredentialStore credentials,
        TextWriter output,
        CancellationToken stop)
    {
        var thing = AccessInput.Required(input.Name, "The thing's name");
        var kind = input.CertificateFlag is null ? DeviceCredential.Password : DeviceCredential.Certificate;
        var policy = input.PolicyFlag is { } file
            ? await PoliciesCommand.ReadAsync(file, DeviceConditionKeys.Of(kind), stop)
            : null;
        if (input.CertificateFlag is { } certificateFile)
        {
            var hash = SHA256.HashData(Certificate(certificateFile).RawData);
            // AWS IoT derives certificate ids in the same way.
            var id = Convert.ToHexStringLower(hash);
            await AddAsync(id, hash);
            output.WriteLine($"credential = {id}");
            return;
        }

        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var credentialId = $"password-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        await AddAsync(credentialId, SHA256.HashData(Encoding.UTF8.GetBytes(password)));
        output.WriteLine($"credential = {credentialId}");
        output.WriteLine($"username = {thing}");
        output.WriteLine($"password = {password}");

        async Task AddAsync(string id, byte[] hash)
        {
            if (!await credentials.AddAsync(account, thing, id, kind, hash, policy, stop))
                throw new CommandFailureException(
                    $"There is no thing {thing} in {account}, or the certificate belongs to another thing.");
        }
    }

    private static async Task ListAsync(
        DevicesInput input,
        Account account,
        DeviceCredentialStore credentials,
        TextWriter output,
        CancellationToken stop)
    {
        foreach (var credential in await credentials.ListAsync(account, input.Name, stop))
        {
            var policy = credential.Policy is null ? "default policy" : "own policy";
            output.WriteLine($"{credential.ThingName}  {credential.CredentialId}  {credential.Kind}  {policy}  "
                + $"since {credential.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        }
    }

    private static async Task RevokeAsync(
        DevicesInput input,
        Account account,
        DeviceCredentialStore credentials,
        TextWriter output,
        CancellationToken stop)
    {
        var id = AccessInput.Required(input.Name, "The credential's id");
        var thing = await credentials.RevokeAsync(account, id, stop)
            ?? throw new CommandFailureException("There is no such credential.");
        output.WriteLine($"{id} of {thing} is revoked.");
    }

    private static X509Certificate2 Certificate(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailureException($"{file} can't be read as a certificate: {exception.Message}");
        }
    }
}
