using Connectivity.Api.Database;
using Connectivity.Api.Security;

namespace Connectivity.Api.Gateway;

/// <summary>
/// The id of this process as a gateway node. It is stored in the data directory: the next process there knows that this
/// node is dead, and need not wait for its lease to expire.
/// </summary>
public sealed class GatewayNodeIdentity : IDisposable
{
    private readonly FileStream? _file;

    public GatewayNodeIdentity(DatabaseOptions options)
    {
        var path = Path.Combine(PrivateFiles.CreateDirectory(options.DataDirectory).FullName, "gateway-node");
        try
        {
            // Held until the process ends, so that only one process at a time can open it.
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another host uses the same data directory: only an expired lease shows that either is dead.
            return;
        }

        using (var reader = new StreamReader(_file, leaveOpen: true))
            if (reader.ReadToEnd().Trim() is { Length: > 0 } previous) PreviousNodeId = previous;
        _file.SetLength(0);
        _file.Write(System.Text.Encoding.ASCII.GetBytes(NodeId));
        _file.Flush(flushToDisk: true);
    }

    public string NodeId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The dead node that ran here before; if there was none, an id that no node has.</summary>
    public string PreviousNodeId { get; } = Guid.NewGuid().ToString("N");

    public void Dispose() => _file?.Dispose();
}
