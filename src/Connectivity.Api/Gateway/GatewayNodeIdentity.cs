using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using Connectivity.Files;

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
        var path = Path.Combine(StartupFiles.CreateDirectory(options.DataDirectory).FullName, "gateway-node");
        // Held until the process ends. Where another host uses the directory, only an expired lease shows that either is dead.
        _file = LockFile.TryAcquire(path);
        if (_file is null) return;

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
