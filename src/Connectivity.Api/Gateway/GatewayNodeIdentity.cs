using Connectivity.Api.Database;
using Connectivity.Api.Security;

namespace Connectivity.Api.Gateway;

/// <summary>
/// The name of this process as a gateway node. It is left in the data directory: the next process there knows that its predecessor is dead,
/// and need not wait for its lease to lapse.
/// </summary>
public sealed class GatewayNodeIdentity : IDisposable
{
    private readonly FileStream? _file;

    public GatewayNodeIdentity(DatabaseOptions options)
    {
        var path = Path.Combine(PrivateFiles.CreateDirectory(options.DataDirectory).FullName, "gateway-node");
        try
        {
            // Held for as long as the process lives: whoever can open it is alone.
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another host has the same data directory: then each is known by its lease alone.
            return;
        }

        using (var reader = new StreamReader(_file, leaveOpen: true))
            if (reader.ReadToEnd().Trim() is { Length: > 0 } predecessor) PreviousNodeId = predecessor;
        _file.SetLength(0);
        _file.Write(System.Text.Encoding.ASCII.GetBytes(NodeId));
        _file.Flush(flushToDisk: true);
    }

    public string NodeId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The node that ran here before and is known to be dead; a name that no node has where none is known.</summary>
    public string PreviousNodeId { get; } = Guid.NewGuid().ToString("N");

    public void Dispose() => _file?.Dispose();
}
