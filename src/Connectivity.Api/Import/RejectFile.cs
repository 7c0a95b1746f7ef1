using System.Buffers;
using System.Text;
using System.Text.Json;
using Connectivity.Files;

namespace Connectivity.Api.Import;

/// <summary>
/// The lines of an import that were rejected, as NDJSON: the number of the line, the reason, and the line. Created with
/// the first of them, readable by its owner alone. Several threads may add to it at a time.
/// </summary>
public sealed class RejectFile(string path) : IDisposable
{
    /// <summary>Bytes of a line that are kept.</summary>
    private const int MaximumText = 64 * 1024;

    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <summary>Null where no line was rejected.</summary>
    public string? Path => _file is null ? null : path;

    internal void Add(long line, string reason, ReadOnlySequence<byte> text) => Add(line, reason, "text", () =>
        Encoding.UTF8.GetString(text.Slice(0, Math.Min(text.Length, MaximumText))));

    internal void Add(long line, string reason, string clientId) => Add(line, reason, "clientId", () => clientId);

    private void Add(long line, string reason, string name, Func<string> value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object> { ["line"] = line, ["reason"] = reason, [name] = value() });
        lock (_lock)
        {
            _file ??= PrivateFiles.Open(path, FileMode.Create, FileShare.Read);
            _file.Write(json);
            _file.WriteByte((byte)'\n');
        }
    }

    public void Dispose() => _file?.Dispose();
}
