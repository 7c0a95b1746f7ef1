using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Testing.SigV4;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>Reads the key of the first administrator, and signs with keys.</summary>
public static class Credentials
{
    /// <summary>The account of a host that is not configured otherwise.</summary>
    private const string DefaultAccount = "000000000000";

    /// <param name="directory">The host's data directory.</param>
    public static AccountKey OfAdministrator(string directory)
    {
        var settings = File.ReadLines(Path.Combine(directory, "credentials"))
            .Select(line => line.Split(" = ", 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].TrimEnd());
        return new AccountKey(DefaultAccount, settings["aws_access_key_id"], settings["aws_secret_access_key"]);
    }

    public static RequestSigner Signer(this AccountKey key) => new(key.AccessKeyId, key.Secret, DataSet.Region);
}
